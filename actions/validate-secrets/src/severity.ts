import type { FindingLevel } from '@delivery-actions/action-kit';
import type { SecretCheck, SecretVerdict } from './check.ts';

type Weighed = Pick<SecretCheck, 'verdict' | 'optional' | 'replicas'>;

export type Severity = 'passed' | 'warning' | 'failed';

/** A service that can do without the secret starts with it in any of these states. */
const ABSENT: readonly SecretVerdict[] = ['MISSING', 'DENIED-OR-MISSING', 'DELETING', 'NO-VALUE', 'EMPTY'];

/**
 * How much a verdict weighs. An optional secret may be absent, but one without an answer may be anything; a service
 * starts with a value that should have been rotated, and with one whose copies elsewhere are behind.
 */
export function severity({ verdict, optional, replicas }: Weighed): Severity {
  if (verdict === 'EXISTS') return 'passed';
  if (verdict === 'OVERDUE' || verdict === 'STALE') return 'warning';
  if (verdict === 'NOT-SYNCED') return replicas?.some(({ needed }) => needed) ? 'failed' : 'warning';
  return optional && ABSENT.includes(verdict) ? 'warning' : 'failed';
}

/** The value can be read where it is asked for. */
export function isUsable(check: Weighed): boolean {
  return check.verdict === 'EXISTS' || (severity(check) === 'warning' && !ABSENT.includes(check.verdict));
}

export function levelOf(check: Weighed): FindingLevel {
  return severity(check) === 'warning' ? 'warning' : 'error';
}
