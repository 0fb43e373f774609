import type { Answer, Failure, ListedSecret, Replica, SecretDescription, WantedKeys } from './answer.ts';
import { accountOf, type Denial, provesExistence, readDenial } from './denial.ts';
import type { EmptyReason } from './env.ts';
import { judgeKeys, type KeyFinding } from './keys.ts';
import type { Place } from './manifest-source.ts';
import { meaning, type Obstacle } from './obstacle.ts';
import type { SecretReference } from './request.ts';
import { policyResource, type SecretId } from './secret-id.ts';

export type SecretVerdict =
  | 'EXISTS'
  | 'MISSING'
  | 'DELETING'
  | 'NO-VALUE'
  | 'DENIED'
  | 'DENIED-OR-MISSING'
  | 'EMPTY'
  | 'KEY-MISSING'
  | 'PLACEHOLDER'
  | 'STALE'
  | 'OVERDUE'
  | 'NOT-SYNCED'
  | 'UNREACHABLE';

/** What is known of one secret; a row of the report. Moments are ISO 8601 in UTC. */
export interface SecretCheck {
  /** The name or ARN as given, `env:NAME` of a variable. */
  readonly id: string;
  readonly store: SecretReference['store'];
  /** Where AWS was asked; null when no region could be found, and of another store. */
  readonly region: string | null;
  /** The service can do without it. */
  readonly optional: boolean;
  readonly verdict: SecretVerdict;
  /** Of a secret that answered. */
  readonly arn?: string;
  /** Of a secret that is scheduled for deletion. */
  readonly deletion?: Deletion;
  /** Staging labels of a secret without a current version. */
  readonly stages?: readonly string[];
  /** `resource` is what an IAM statement has to name to allow exactly this. */
  readonly denial?: Denial & { readonly resource: string; readonly action: ReadAction };
  /** The keys that its value has to have, and what was found of them. */
  readonly keys?: readonly string[];
  readonly found?: KeyFinding;
  /** ListSecrets has it (and its verdict is DENIED), or has it not (MISSING), where DescribeSecret was denied. */
  readonly listed?: boolean;
  /** Of a missing secret: one that is there and was probably meant. */
  readonly suggestion?: Suggestion;
  /** Of a secret that rotates. */
  readonly rotation?: {
    readonly next?: string;
    readonly pending: boolean;
    readonly pendingSince?: string;
    readonly off?: true;
  };
  /** Those that are not in sync; `needed` where the job deploys to, or where its policy asks for one. */
  readonly replicas?: readonly (Replica & { readonly needed: boolean })[];
  /** Of the AWSCURRENT version, with the limit in days. */
  readonly age?: { readonly created: string; readonly days: number; readonly limit: number };
  /** The longest age that its policy allows, in milliseconds. */
  readonly maxAge?: number;
  /** Where the manifest lists it. */
  readonly place?: Place;
  /** Why a variable has no value. */
  readonly empty?: EmptyReason;
  readonly obstacle?: { readonly cause: Obstacle; readonly error: string; readonly message: string };
}

export type ReadAction = 'DescribeSecret' | 'GetSecretValue' | 'ListSecretVersionIds';

export interface Suggestion extends ListedSecret {
  readonly region: string;
}

export interface Deletion {
  /** When it was asked for, if that is what AWS says. */
  readonly requested?: string;
  /** From here on it may be gone for good, and from there on it is no longer restorable whatever its window is. */
  readonly restorableUntil: { readonly earliest: string; readonly latest: string };
}

/** The verdict on one answer. `now` is in milliseconds since 1970; `home` is the region that the job deploys to. */
export function judge({ secret, result, ...asked }: Answer, now: number, home?: string): SecretCheck {
  const region = asked.region ?? null;
  const about = { id: secret.id, store: 'aws', region, optional: false } as const;
  if ('arn' in result) return { ...about, arn: result.arn, ...judgeDescription(result, now, home) };
  return { ...about, ...judgeFailure(secret, region, result, 'DescribeSecret') };
}

/** The verdict with what was found of its keys; one that cannot be read by this caller is there all the same. */
export function judgeValue(
  check: SecretCheck,
  { secret, keys }: WantedKeys,
  result: KeyFinding | Failure,
): SecretCheck {
  if ('missing' in result) return { ...check, keys, found: result, verdict: judgeKeys(result) ?? check.verdict };
  const failed = judgeFailure(secret, check.region, result, 'GetSecretValue');
  // "Can't find the specified secret value": it was described a moment ago.
  if (failed.verdict === 'MISSING') return { ...check, keys, verdict: 'NO-VALUE', stages: [] };
  return { ...check, ...failed, keys, verdict: failed.verdict === 'DENIED-OR-MISSING' ? 'DENIED' : failed.verdict };
}

/** What it means when the versions of a secret that was described cannot be listed. */
export function judgeAgeFailure(check: SecretCheck, secret: SecretId, failure: Failure): SecretCheck {
  const failed = judgeFailure(secret, check.region, failure, 'ListSecretVersionIds');
  return { ...check, ...failed, verdict: failed.verdict === 'DENIED-OR-MISSING' ? 'DENIED' : failed.verdict };
}

function judgeFailure(
  secret: SecretId,
  region: string | null,
  result: Failure,
  action: ReadAction,
): Pick<SecretCheck, 'verdict' | 'denial' | 'obstacle'> {
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
): Pick<SecretCheck, 'verdict' | 'deletion' | 'stages' | 'rotation' | 'replicas'> {
  if (deleted !== undefined) return { verdict: 'DELETING', deletion: deletionAt(deleted, now) };
  // DescribeSecret answers for a secret that GetSecretValue calls "not found": boto/boto3#2794, ansible/ansible#69710.
  if (!stages.includes('AWSCURRENT')) return { verdict: 'NO-VALUE', stages };
  const rotates = rotation?.enabled ? { rotation: rotationOf(rotation) } : {};
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

function rotationOf({ next, pending, pendingSince }: Rotation): NonNullable<SecretCheck['rotation']> {
  return {
    pending,
    ...(next === undefined ? {} : { next: iso(next) }),
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
