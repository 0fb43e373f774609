import type { Store } from '../store.ts';
import { Unanswered } from '../unanswered.ts';
import { accessToken } from './access-token.ts';
import { checkGoogle, unreachable } from './check-google.ts';
import { findCredentials, memberOf } from './credentials.ts';
import { findings } from './findings.ts';
import type { GoogleCheck } from './google-check.ts';
import { secretManagerApi } from './secret-manager-api.ts';
import { whyUnreachable } from './why-unreachable.ts';

/** Google Secret Manager, over its REST API. */
export const googleStore: Store<'gcp', GoogleCheck> = {
  async check(requests, { run, clock, signal, concurrency, endpoints, again }) {
    try {
      const credentials = await findCredentials(run);
      const { exchangeText, httpClient } = await import('@delivery-actions/http');
      const http = httpClient({
        userAgent: 'delivery-actions-validate-secrets',
        keepConnections: true,
        signal,
        observe: (exchange) => run.debug(exchangeText(exchange)),
      });
      const universe = run.env['GOOGLE_CLOUD_UNIVERSE_DOMAIN']?.trim() || 'googleapis.com';
      const trust = { universe, endpoint: endpoints.gcp };
      const many = requests.length === 1 ? '1 secret' : `${requests.length} secrets`;
      if (!again) run.line(`Asking Google Secret Manager about ${many}`);
      const { mask } = run;
      const token = await accessToken(credentials, { http, clock, signal, trust, mask });
      const api = secretManagerApi(http, { token, trust, signal });
      return await checkGoogle(requests, { api, clock, concurrency, member: memberOf(credentials) });
    } catch (error) {
      if (error instanceof Unanswered) return requests.map((request) => unreachable(request, error));
      throw error;
    }
  },
  findings,
  whyUnreachable,
};
