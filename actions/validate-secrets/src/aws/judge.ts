import { judgeKeys, type KeyFinding } from '../keys.ts';
import type { Answer, Failure, SecretDescription, WantedKeys } from './answer.ts';
import type { AwsCheck, Deletion, ReadAction } from './aws-check.ts';
import { accountOf, provesExistence, readDenial } from './denial.ts';
import { meaning } from './obstacle.ts';
import { policyResource, type SecretId } from './secret-id.ts';

/** The verdict on one answer. `now` is in milliseconds since 1970; `home` is the region that the job deploys to. */
export function judge({ secret, result, ...asked }: Answer, now: number, home?: string): AwsCheck {
  const region = asked.region ?? null;
  const about = { id: secret.id, store: 'aws', region, optional: false } as const;
  if ('arn' in result) return { ...about, arn: result.arn, ...judgeDescription(result, now, home) };
  return { ...about, ...judgeFailure(secret, region, result, 'DescribeSecret') };
}

/** The verdict with what was found of its keys; one that cannot be read by this caller is there all the same. */
export function judgeValue(check: AwsCheck, { secret, keys }: WantedKeys, result: KeyFinding | Failure): AwsCheck {
  if ('missing' in result) return { ...check, keys, found: result, verdict: judgeKeys(result) ?? check.verdict };
  const failed = judgeFailure(secret, check.region, result, 'GetSecretValue');
  // "Can't find the specified secret value": it was described a moment ago.
  if (failed.verdict === 'MISSING') return { ...check, keys, verdict: 'NO-VALUE', stages: [] };
  return { ...check, ...failed, keys, verdict: failed.verdict === 'DENIED-OR-MISSING' ? 'DENIED' : failed.verdict };
}

/** What it means when the versions of a secret that was described cannot be listed. */
export function judgeAgeFailure(check: AwsCheck, secret: SecretId, failure: Failure): AwsCheck {
  const failed = judgeFailure(secret, check.region, failure, 'ListSecretVersionIds');
  return { ...check, ...failed, verdict: failed.verdict === 'DENIED-OR-MISSING' ? 'DENIED' : failed.verdict };
}

function judgeFailure(
  secret: SecretId,
  region: string | null,
  result: Failure,
  action: ReadAction,
): Pick<AwsCheck, 'verdict' | 'denial' | 'obstacle'> {
  const meant = meaning(result);
  if (meant === 'missing') return { verdict: 'MISSING' };
  if (meant === 'denied') {
    const denial = readDenial(result.message);
    const resource = policyResource(secret, { ...accountOf(denial.principal), region: region ?? '*' });
    return {
      verdict: provesExistence(denial) ? 'DENIED' : 'DENIED-OR-MISSING',
      denial: { ...denial, resource, action },
    };
  }
  return {
    verdict: 'UNREACHABLE',
    obstacle: { cause: meant, error: result.code ?? result.name, message: result.message },
  };
}

function judgeDescription(
  { deleted, stages, rotation, replicas = [] }: SecretDescription,
  now: number,
  home: string | undefined,
): Pick<AwsCheck, 'verdict' | 'deletion' | 'stages' | 'rotation' | 'replicas'> {
  if (deleted !== undefined) return { verdict: 'DELETING', deletion: deletionAt(deleted, now) };
  // DescribeSecret answers for a secret that GetSecretValue calls "not found": boto/boto3#2794, ansible/ansible#69710.
  if (!stages.includes('AWSCURRENT')) return { verdict: 'NO-VALUE', stages };
  const rotates = rotation?.enabled ? { rotation: rotationOf(rotation, now) } : {};
  const behind = replicas.filter(({ status }) => status !== 'InSync');
  if (behind.length > 0)
    return {
      verdict: 'NOT-SYNCED',
      replicas: behind.map((each) => ({ ...each, needed: each.region === home })),
      ...rotates,
    };
  if (rotation !== undefined && isOverdue(rotation, now)) return { verdict: 'OVERDUE', ...rotates };
  return { verdict: 'EXISTS', ...rotates };
}

type Rotation = NonNullable<SecretDescription['rotation']>;

/**
 * NextRotationDate stays in the past when a rotation fails (SDK documentation). A version that waits longer than
 * a rotation takes, whose function has four steps of 15 minutes at most, is stuck; a day leaves room for retries.
 */
function isOverdue({ enabled, next, pending, pendingSince }: Rotation, now: number): boolean {
  if (!enabled) return false;
  return (next !== undefined && next < now) || (pending && pendingSince !== undefined && pendingSince < now - DAY);
}

function rotationOf({ next, pending, pendingSince }: Rotation, now: number): NonNullable<AwsCheck['rotation']> {
  return {
    pending,
    ...(next === undefined ? {} : { next: iso(next) }),
    ...(next !== undefined && next < now ? { missed: true } : {}),
    ...(pendingSince === undefined ? {} : { pendingSince: iso(pendingSince) }),
  };
}

const DAY = 86_400_000;
/** RecoveryWindowInDays of DeleteSecret; 30 is also its default. */
const WINDOW = { shortest: 7 * DAY, longest: 30 * DAY };

/**
 * DeletedDate is the moment of the request, and DescribeSecret does not tell the recovery window (SDK documentation of
 * SecretListEntry.DeletedDate). A date to come can only be the window's end, which is what its own documentation
 * ("the date the secret is scheduled for deletion") and moto make of it.
 */
function deletionAt(date: number, now: number): Deletion {
  if (date > now) return { restorableUntil: { earliest: iso(date), latest: iso(date) } };
  return {
    requested: iso(date),
    restorableUntil: { earliest: iso(date + WINDOW.shortest), latest: iso(date + WINDOW.longest) },
  };
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
