import { type Column, formatDuration, type Report } from '@delivery-actions/action-kit';
import type { Asked } from './ask.ts';
import type { SecretCheck } from './check.ts';
import type { FailOn } from './inputs.ts';
import { isUsable, severity } from './severity.ts';

export function secretsReport({ checks, findings, waited }: Asked, failOn: FailOn): Report<SecretCheck> {
  return {
    heading: 'Secrets',
    rows: checks,
    columns: columns(checks),
    status: severity,
    findings,
    verdict: {
      passed: checks.length > 0 && checks.every((check) => passes(check, failOn)),
      text: conclusion(checks, waited),
    },
  };
}

/** What the outputs say beside the report; `missing` are ids. */
export function tally(checks: readonly SecretCheck[]) {
  return {
    failed: checks.filter((check) => severity(check) === 'failed').length,
    warnings: checks.filter((check) => severity(check) === 'warning').length,
    missing: checks.flatMap(({ id, verdict }) => (verdict === 'MISSING' || verdict === 'EMPTY' ? id : [])),
  };
}

function passes(check: SecretCheck, failOn: FailOn): boolean {
  if (failOn === 'never') return true;
  return failOn === 'warning' ? severity(check) === 'passed' : severity(check) !== 'failed';
}

const STORE_NAMES: Readonly<Record<SecretCheck['store'], string>> = {
  aws: 'AWS Secrets Manager',
  env: 'environment',
  k8s: 'Kubernetes',
  gcp: 'Google Secret Manager',
  ssm: 'SSM Parameter Store',
  vault: 'Vault',
};

/** In the log a column that says the same of every secret says nothing, and an age without a limit little. */
function columns(checks: readonly SecretCheck[]): Column<SecretCheck>[] {
  const some = (is: (check: SecretCheck) => boolean, column: Column<SecretCheck>) => (checks.some(is) ? [column] : []);
  const logged = (is: boolean) => (is ? {} : { only: 'summary' as const });
  const mixed = checks.some(({ store }) => store !== checks[0]?.store);
  const limited = checks.some(({ age }) => age?.limit !== undefined);
  return [
    { name: 'Secret', cell: ({ id }) => id },
    { name: 'Verdict', cell: ({ verdict }) => `[${verdict}]` },
    { name: 'Store', cell: ({ store }) => STORE_NAMES[store], ...logged(mixed) },
    ...some(({ age }) => age !== undefined, { name: 'Age', cell: ageText, ...logged(limited) }),
    ...some(({ owner }) => owner !== undefined, {
      name: 'Owner',
      cell: ({ owner }) => (owner === undefined ? '' : `managed by ${owner}`),
    }),
    ...some(({ rotation }) => rotation?.next !== undefined, { name: 'Next rotation', cell: nextRotation }),
  ];
}

function ageText({ age }: SecretCheck): string {
  return age === undefined ? '' : `${age.days} ${age.days === 1 ? 'day' : 'days'} old`;
}

/** The log has no headings. */
function nextRotation({ rotation }: SecretCheck): string {
  if (rotation?.next === undefined) return '';
  return `${rotation.missed ? 'was due' : 'rotates'} by ${rotation.next.slice(0, 10)}`;
}

/** `3/6 secrets are usable; 1 is not; 1 could not be checked; 1 warning; waited 2m05s` */
function conclusion(checks: readonly SecretCheck[], waited: number | undefined): string {
  const count = (of: (check: SecretCheck) => boolean) => checks.filter(of).length;
  const usable = count(isUsable);
  const unchecked = count(({ verdict }) => verdict === 'UNREACHABLE');
  const warnings = count((check) => severity(check) === 'warning');
  const unusable = count((check) => severity(check) === 'failed') - unchecked;
  return [
    `${usable}/${checks.length} ${checks.length === 1 ? 'secret is' : 'secrets are'} usable`,
    ...(unusable > 0 ? [`${unusable} ${unusable === 1 ? 'is' : 'are'} not`] : []),
    ...(unchecked > 0 ? [`${unchecked} could not be checked`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(waited === undefined ? [] : [`waited ${formatDuration(waited)}`]),
  ].join('; ');
}
