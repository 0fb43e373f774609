import type { Clock } from '@delivery-actions/waiting';
import { withAge } from '../check.ts';
import { isUsable } from '../severity.ts';
import type { RequestTo } from '../store.ts';
import type { Answer, ListedSecret, SecretsManager } from './answer.ts';
import type { AwsCheck } from './aws-check.ts';
import { judge, judgeAgeFailure, judgeValue } from './judge.ts';
import { withMismatch } from './mismatch.ts';
import { applyPolicy } from './policy.ts';
import { isInDoubt, settle } from './settle.ts';

type AwsRequest = RequestTo<'aws'>;

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
): Promise<readonly AwsCheck[]> {
  const secrets = requests.map(({ reference }) => reference.secret);
  const answers = await store.describe(secrets, signal);
  const described = answers.map((answer, index) => judged(answer, requests[index], clock.now(), home));
  const checks = await withAges(described, requests, { store, signal, clock });
  const looked = await lookInto(checks, requests, store, signal);
  if (!looked.some(isInDoubt)) return looked.map(withMismatch);

  const lists = new Map<string, readonly ListedSecret[]>();
  const regions = new Set([...checks.map(({ region }) => region ?? undefined), home, ...alsoIn]);
  // One after another: each is a question of its own, and a few at the most.
  for (const region of regions) {
    const list = region === undefined ? undefined : await store.list(region, signal);
    if (region !== undefined && list !== undefined) lists.set(region, list);
  }
  return looked.map((check) => withMismatch(settle(check, lists)));
}

function judged(answer: Answer, request: AwsRequest | undefined, now: number, home: string | undefined): AwsCheck {
  const { optional = false, policy, place } = request ?? {};
  const check: AwsCheck = {
    ...judge(answer, now, home),
    optional,
    ...(place === undefined ? {} : { place }),
    ...(policy?.maxAge === undefined ? {} : { maxAge: policy.maxAge }),
  };
  if (!('arn' in answer.result)) return check;
  const { owner } = answer.result;
  const owned = owner === undefined ? check : { ...check, owner };
  return policy === undefined ? owned : applyPolicy(owned, answer.result, policy);
}

/**
 * Only the versions of secrets that have a limit are asked for. The age of a value is that of its AWSCURRENT version:
 * LastChangedDate moves when a tag is edited, and LastRotatedDate is not set by a rotation from outside (cloud-custodian#10416).
 */
async function withAges(
  checks: readonly AwsCheck[],
  requests: readonly AwsRequest[],
  { store, signal, clock }: Pick<Circumstances, 'store' | 'signal' | 'clock'>,
): Promise<readonly AwsCheck[]> {
  const wanted = checks.flatMap((check, index) => {
    const secret = requests[index]?.reference.secret;
    return secret !== undefined && check.maxAge !== undefined && isUsable(check) ? { check, secret } : [];
  });
  if (wanted.length === 0) return checks;
  const ages = await store.ages(
    wanted.map(({ secret }) => secret),
    signal,
  );
  const aged = new Map(
    wanted.map(({ check, secret }, index) => {
      const age = ages[index];
      if (age === undefined || check.maxAge === undefined) return [check, check];
      if (typeof age === 'object') return [check, judgeAgeFailure(check, secret, age)];
      return [check, withAge(check, age, check.maxAge, clock.now())];
    }),
  );
  return checks.map((check) => aged.get(check) ?? check);
}

/** Only the values of secrets that have one and were asked for keys are read. */
async function lookInto(
  checks: readonly AwsCheck[],
  requests: readonly AwsRequest[],
  store: SecretsManager,
  signal: AbortSignal,
): Promise<readonly AwsCheck[]> {
  const asked = checks.map((check, index) => {
    const { reference, keys = [], policy } = requests[index] ?? {};
    const notPlaceholder = policy?.notPlaceholder ?? false;
    if (reference === undefined || (keys.length === 0 && !notPlaceholder)) return { check };
    return { check, wanted: { secret: reference.secret, keys, notPlaceholder } };
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
function withKeys(check: AwsCheck, keys: readonly string[] | undefined): AwsCheck {
  return keys === undefined ? check : { ...check, keys };
}
