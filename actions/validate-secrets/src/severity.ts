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
export function severity(check: Weighed): Severity {
  const { verdict, optional, replicas } = check;
  if (verdict === 'EXISTS') return 'passed';
  if (verdict === 'OVERDUE' || verdict === 'STALE') return 'warning';
  if (verdict === 'NOT-SYNCED' && replicas !== undefined)
    return replicas.some(({ needed }) => needed) ? 'failed' : 'warning';
  return optional && isAbsent(check) ? 'warning' : 'failed';
}

/** The value can be read where it is asked for. */
export function isUsable(check: Weighed): boolean {
  return check.verdict === 'EXISTS' || (severity(check) === 'warning' && !isAbsent(check));
}

/** A copy that is not in sync is behind; what was never written there, or no longer is, is not to be had. */
function isAbsent({ verdict, replicas }: Pick<Weighed, 'verdict' | 'replicas'>): boolean {
  return ABSENT.includes(verdict) || (verdict === 'NOT-SYNCED' && replicas === undefined);
}

export function levelOf(check: Weighed): FindingLevel {
  return severity(check) === 'warning' ? 'warning' : 'error';
}
