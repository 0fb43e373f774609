import type { Clock } from '@delivery-actions/waiting';
import type { SecretsManager } from './answer.ts';
import type { AwsReference, SecretRequest } from './request.ts';
import { judge, type SecretCheck } from './verdict.ts';

/** What AWS Secrets Manager tells about each secret, in the order of the question. */
export async function checkAws(
  requests: readonly (SecretRequest & { reference: AwsReference })[],
  store: SecretsManager,
  signal: AbortSignal,
  clock: Clock,
): Promise<readonly SecretCheck[]> {
  const answers = await store.describe(
    requests.map(({ reference }) => reference.secret),
    signal,
  );
  return answers.map((answer, index) => ({
    ...judge(answer, clock.now()),
    optional: requests[index]?.optional ?? false,
  }));
}
