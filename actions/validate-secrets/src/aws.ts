import type { Clock } from '@delivery-actions/waiting';
import type { ListedSecret, SecretsManager } from './answer.ts';
import type { AwsReference, SecretRequest } from './request.ts';
import { isInDoubt, settle } from './settle.ts';
import { isUsable } from './severity.ts';
import { judge, judgeValue, type SecretCheck } from './verdict.ts';

type AwsRequest = SecretRequest & { readonly reference: AwsReference };

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
  requests: readonly AwsRequest[],
  { store, signal, clock, home, alsoIn }: Circumstances,
): Promise<readonly SecretCheck[]> {
  const secrets = requests.map(({ reference }) => reference.secret);
  const answers = await store.describe(secrets, signal);
  const checks = answers.map((answer, index) => ({
    ...judge(answer, clock.now(), home),
    optional: requests[index]?.optional ?? false,
  }));
  const looked = await lookInto(checks, requests, store, signal);
  if (!looked.some(isInDoubt)) return looked;

  const lists = new Map<string, readonly ListedSecret[]>();
  const regions = new Set([...checks.map(({ region }) => region ?? undefined), home, ...alsoIn]);
  await Promise.all(
    [...regions].map(async (region) => {
      const list = region === undefined ? undefined : await store.list(region, signal);
      if (region !== undefined && list !== undefined) lists.set(region, list);
    }),
  );
  return looked.map((check) => settle(check, lists));
}

/** Only the values of secrets that have one and were asked for keys are read. */
async function lookInto(
  checks: readonly SecretCheck[],
  requests: readonly AwsRequest[],
  store: SecretsManager,
  signal: AbortSignal,
): Promise<readonly SecretCheck[]> {
  const asked = checks.map((check, index) => {
    const { reference, keys = [] } = requests[index] ?? {};
    return reference === undefined || keys.length === 0
      ? { check }
      : { check, wanted: { secret: reference.secret, keys } };
  });
  const readable = asked.flatMap(({ check, wanted }) => (wanted !== undefined && isUsable(check) ? wanted : []));
  if (readable.length === 0) return asked.map(({ check, wanted }) => withKeys(check, wanted?.keys));
  const found = new Map((await store.lookInto(readable, signal)).map((result, index) => [readable[index], result]));
  return asked.map(({ check, wanted }) => {
    const result = wanted && found.get(wanted);
    return wanted && result ? judgeValue(check, wanted, result) : withKeys(check, wanted?.keys);
  });
}

/** The policy that a denial asks for has to allow reading them. */
function withKeys(check: SecretCheck, keys: readonly string[] | undefined): SecretCheck {
  return keys === undefined ? check : { ...check, keys };
}
