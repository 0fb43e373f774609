import type { Clock } from '@delivery-actions/waiting';
import type { ListedSecret, SecretsManager } from './answer.ts';
import type { AwsReference, SecretRequest } from './request.ts';
import { isInDoubt, settle } from './settle.ts';
import { judge, type SecretCheck } from './verdict.ts';

interface Circumstances {
  readonly store: SecretsManager;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Where the job deploys to. */
  readonly home: string | undefined;
  /** Other regions that the job's environment names: a missing secret may be there. */
  readonly alsoIn: readonly (string | undefined)[];
}

/** What AWS Secrets Manager tells about each secret, in the order of the question. */
export async function checkAws(
  requests: readonly (SecretRequest & { readonly reference: AwsReference })[],
  { store, signal, clock, home, alsoIn }: Circumstances,
): Promise<readonly SecretCheck[]> {
  const secrets = requests.map(({ reference }) => reference.secret);
  const answers = await store.describe(secrets, signal);
  const checks = answers.map((answer, index) => ({
    ...judge(answer, clock.now(), home),
    optional: requests[index]?.optional ?? false,
  }));
  if (!checks.some(isInDoubt)) return checks;

  const lists = new Map<string, readonly ListedSecret[]>();
  const regions = new Set([...checks.map(({ region }) => region ?? undefined), home, ...alsoIn]);
  await Promise.all(
    [...regions].map(async (region) => {
      const list = region === undefined ? undefined : await store.list(region, signal);
      if (region !== undefined && list !== undefined) lists.set(region, list);
    }),
  );
  return checks.map((check) => settle(check, lists));
}
