import type { Policy } from '../policy.ts';
import type { SecretDescription } from './answer.ts';
import type { AwsCheck } from './aws-check.ts';

/** In what a secret is not as its policy has it. */
export interface Mismatch {
  readonly tags: readonly { readonly key: string; readonly wanted: string; readonly found: string | null }[];
  readonly kmsKey?: {
    readonly wanted: string;
    readonly found: string;
    /** One is an alias and the other is not: only KMS knows whether they are the same key. */
    readonly unclear: boolean;
  };
}

/** What DescribeSecret leaves out: the key that the account has for Secrets Manager (SDK documentation of KmsKeyId). */
const DEFAULT_KEY = 'alias/aws/secretsmanager';

/** What of tags and key is not as the policy asks for. */
export function mismatchOf(
  { tags = {}, kmsKey: found = DEFAULT_KEY }: SecretDescription,
  { tags: wantedTags = {}, kmsKey: wanted }: Policy,
): Mismatch | undefined {
  const wrong = Object.entries(wantedTags)
    .filter(([key, value]) => !Object.hasOwn(tags, key) || tags[key] !== value)
    .map(([key, value]) => ({ key, wanted: value, found: Object.hasOwn(tags, key) ? (tags[key] ?? null) : null }));
  const compared = wanted === undefined ? 'same' : compareKeys(wanted, found);
  if (wrong.length === 0 && compared === 'same') return undefined;
  return {
    tags: wrong,
    ...(wanted === undefined || compared === 'same'
      ? {}
      : { kmsKey: { wanted, found, unclear: compared === 'unclear' } }),
  };
}

/** A key as a policy or DescribeSecret names it: by id, by alias, or by the ARN of either. */
export function compareKeys(wanted: string, found: string): 'same' | 'different' | 'unclear' {
  const [one, other] = [keyOf(wanted), keyOf(found)];
  // A bare name leaves the place to that of the other.
  const elsewhere = one.place !== undefined && other.place !== undefined && one.place !== other.place;
  if (elsewhere && !isMultiRegion(one.name)) return 'different';
  if (one.name === other.name) return 'same';
  return isAlias(one.name) === isAlias(other.name) ? 'different' : 'unclear';
}

function keyOf(text: string): { readonly place?: string; readonly name: string } {
  const [, place, resource] = /^arn:([^:]+:kms:[^:]*:[^:]*):(.+)$/.exec(text) ?? [];
  const name = (resource ?? text).replace(/^key\//, '');
  return place === undefined ? { name } : { place, name };
}

function isAlias(name: string): boolean {
  return name.startsWith('alias/');
}

/** Related keys of several regions have one id (KMS Developer Guide, "Multi-Region keys"). */
function isMultiRegion(name: string): boolean {
  return name.startsWith('mrk-');
}

/** A usable secret that is not as its policy has it is a MISMATCH; a warning that it had is kept beside it. */
export function withMismatch(check: AwsCheck): AwsCheck {
  const { mismatch, verdict } = check;
  if (mismatch === undefined) return check;
  if (verdict === 'EXISTS') return { ...check, verdict: 'MISMATCH' };
  if (verdict === 'STALE' || verdict === 'OVERDUE') return { ...check, verdict: 'MISMATCH', also: verdict };
  return check;
}
