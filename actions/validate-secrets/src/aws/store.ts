import type { Store } from '../store.ts';
import type { OpenSecretsManager } from './answer.ts';
import type { AwsCheck } from './aws-check.ts';
import { checkAws } from './check-aws.ts';
import { findings } from './findings.ts';
import { whyUnreachable } from './why-unreachable.ts';

/** AWS Secrets Manager, by the SDK unless a test brings its own. */
export function awsStore(open: OpenSecretsManager = withAwsSdk): Store<'aws', AwsCheck> {
  return {
    async check(requests, { run, clock, signal, concurrency, region, endpoints, again }) {
      const endpoint = endpoints.aws === undefined ? {} : { endpoint: endpoints.aws };
      using store = await open(run, { region, concurrency, ...endpoint });
      if (!again)
        run.line(
          `Asking AWS Secrets Manager about ${requests.length === 1 ? '1 secret' : `${requests.length} secrets`}`,
        );
      const alsoIn = [run.env.AWS_REGION || undefined, run.env.AWS_DEFAULT_REGION || undefined];
      return await checkAws(requests, { store, signal, clock, home: region, alsoIn });
    },
    findings,
    whyUnreachable,
  };
}

const withAwsSdk: OpenSecretsManager = async (run, options) => {
  const { secretsManager } = await import('./secrets-manager.ts');
  return secretsManager(run, options);
};
