import type { Store } from '../store.ts';
import { checkSsm } from './check-ssm.ts';
import { findings, whyUnreachable } from './findings.ts';
import type { ParameterCheck } from './parameter-check.ts';
import { parameterStore } from './parameter-store.ts';

/** AWS SSM Parameter Store: two calls of its JSON API, signed with what the SDK finds for Secrets Manager too. */
export const ssmStore: Store<'ssm', ParameterCheck> = {
  async check(requests, { run, clock, signal, concurrency, region, endpoints, again }) {
    const [{ awsLogin }, { httpClient }] = await Promise.all([
      import('./aws-login.ts'),
      import('@delivery-actions/http'),
    ]);
    using login = awsLogin(region);
    const http = httpClient({ userAgent: 'delivery-actions-validate-secrets' });
    const many = requests.length === 1 ? '1 parameter' : `${requests.length} parameters`;
    if (!again) run.line(`Asking SSM Parameter Store about ${many}`);
    const store = parameterStore(run, { http, clock, signal, login, endpoint: endpoints.ssm });
    return await checkSsm(requests, { store, clock, concurrency });
  },
  findings,
  whyUnreachable,
};
