import type { Report } from '@delivery-actions/action-kit';
import { findings } from './findings.ts';
import type { SecretCheck } from './verdict.ts';

export function secretsReport(checks: readonly SecretCheck[]): Report<SecretCheck> {
  return {
    heading: 'Secrets',
    rows: checks,
    columns: [
      { name: 'Secret', cell: ({ id }) => id },
      { name: 'Verdict', cell: ({ verdict }) => `[${verdict}]` },
    ],
    status: ({ verdict }) => (verdict === 'EXISTS' ? 'passed' : 'failed'),
    findings: findings(checks),
    verdict: {
      passed: checks.length > 0 && checks.every(({ verdict }) => verdict === 'EXISTS'),
      text: conclusion(checks),
    },
  };
}

/** `3/5 secrets are usable; 1 is not; 1 could not be checked` */
function conclusion(checks: readonly SecretCheck[]): string {
  const usable = checks.filter(({ verdict }) => verdict === 'EXISTS').length;
  const unchecked = checks.filter(({ verdict }) => verdict === 'UNREACHABLE').length;
  const unusable = checks.length - usable - unchecked;
  return [
    `${usable}/${checks.length} ${checks.length === 1 ? 'secret is' : 'secrets are'} usable`,
    ...(unusable > 0 ? [`${unusable} ${unusable === 1 ? 'is' : 'are'} not`] : []),
    ...(unchecked > 0 ? [`${unchecked} could not be checked`] : []),
  ].join('; ');
}
