import type { FindingLevel } from '@delivery-actions/action-kit';
import type { SecretCheck, SecretVerdict } from './verdict.ts';

export type Severity = 'passed' | 'warning' | 'failed';

/** A service that can do without the secret starts with it in any of these states. */
const ABSENT: readonly SecretVerdict[] = ['MISSING', 'DENIED-OR-MISSING', 'DELETING', 'NO-VALUE', 'EMPTY'];

/** How much a verdict weighs: an optional secret may be absent, but one without an answer may be anything. */
export function severity({ verdict, optional }: Pick<SecretCheck, 'verdict' | 'optional'>): Severity {
  if (verdict === 'EXISTS') return 'passed';
  return optional && ABSENT.includes(verdict) ? 'warning' : 'failed';
}

export function levelOf(check: Pick<SecretCheck, 'verdict' | 'optional'>): FindingLevel {
  return severity(check) === 'warning' ? 'warning' : 'error';
}
