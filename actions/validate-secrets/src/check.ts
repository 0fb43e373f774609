import type { KeyFinding } from './keys.ts';
import type { Place } from './manifest/manifest-source.ts';
import type { StoreName } from './reference.ts';

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
  | 'MISMATCH'
  | 'UNREACHABLE';

/** What is known of one secret; a row of the report, to which each store adds what explains it. Moments are ISO 8601 in UTC. */
export interface SecretCheck {
  /** As the line names it: `checkout/db`, an ARN, `env:NAME`, `vault:kv/checkout`. */
  readonly id: string;
  readonly store: StoreName;
  /** Where AWS was asked; null when no region could be found, and of a store without regions. */
  readonly region: string | null;
  /** The service can do without it. */
  readonly optional: boolean;
  readonly verdict: SecretVerdict;
  /** The service that manages it, such as `rds`. */
  readonly owner?: string;
  /** The keys that its value has to have, and what was found of them. */
  readonly keys?: readonly string[];
  readonly found?: KeyFinding;
  /** Of the current version, where the store tells it unasked or a policy has a limit; both in days. */
  readonly age?: { readonly created: string; readonly days: number; readonly limit?: number };
  /** `missed` when that moment has passed. */
  readonly rotation?: { readonly next?: string; readonly missed?: true };
  /** Copies that are not in sync; `needed` where the job deploys to, or where its policy asks for one. */
  readonly replicas?: readonly { readonly region: string; readonly status: string; readonly needed: boolean }[];
  /** Where the manifest lists it. */
  readonly place?: Place;
}

const DAY = 86_400_000;

/** With the age of its current value, which makes a usable one STALE when it is over its limit, if it has one. All in milliseconds, since 1970. */
export function withAge<Check extends SecretCheck>(
  check: Check,
  created: number,
  maxAge: number | undefined,
  now: number,
): Check {
  const age = {
    created: new Date(created).toISOString(),
    days: Math.floor((now - created) / DAY),
    ...(maxAge === undefined ? {} : { limit: maxAge / DAY }),
  };
  const stale = check.verdict === 'EXISTS' && maxAge !== undefined && now - created > maxAge;
  return { ...check, age, verdict: stale ? 'STALE' : check.verdict };
}
