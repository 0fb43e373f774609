import type { Finding } from '@delivery-actions/action-kit';
import type { Group } from '../root-cause.ts';
import { levelOf } from '../severity.ts';
import type { AwsCheck } from './aws-check.ts';
import { createSecret, getResourcePolicy } from './commands.ts';
import { principalName } from './denial.ts';
import { leastPrivilege } from './least-privilege.ts';
import { withoutSuffix } from './secret-id.ts';

/** All secrets that one policy keeps from the caller, with the statements that allow exactly what this run asks for. */
export function deniedFinding(checks: Group<AwsCheck>, all: readonly AwsCheck[]): Finding {
  const [first] = checks;
  const { principal, policy = 'policy', explicit = false, action } = first.denial ?? {};
  const who = principal === undefined ? 'The caller' : `The ${principalName(principal)}`;
  const ids = checks.map(({ id }) => id).join(', ');
  const why = explicit ? `with an explicit deny in a ${policy}` : `because no ${policy} allows it`;
  return {
    level: levelOf(first),
    title: 'Access denied',
    message: `${who} may not ${VERBS[action ?? 'DescribeSecret']} ${ids}, ${why}. ${existence(checks)}`,
    hint: explicit ? withdraw(policy, checks) : grant(policy, checks, leastPrivilege(all, principal)),
  };
}

const VERBS = {
  DescribeSecret: 'describe',
  GetSecretValue: 'read',
  ListSecretVersionIds: 'list the versions of',
} as const;

function existence(checks: Group<AwsCheck>): string {
  const [first] = checks;
  const there = checks.length === 1 ? 'The secret is there' : 'The secrets are there';
  if (first.denial?.action === 'GetSecretValue') return `${there}; whether the keys are in the value is not known.`;
  if (first.denial?.action === 'ListSecretVersionIds') return `${there}; the age of the value is not known.`;
  if (first.listed) return `${there}: ListSecrets has the name.`;
  if (first.verdict === 'DENIED') return `${there}: its own policy answered.`;
  return 'AWS gives the same answer for a missing secret and for a forbidden one.';
}

function withdraw(policy: string, checks: readonly AwsCheck[]): string {
  const statement = `find the statement with "Effect": "Deny" in the ${policy}: it wins over every statement that allows`;
  if (policy !== 'resource-based policy') return statement;
  return [`${statement}:`, ...checks.map(getResourcePolicy)].join('\n');
}

function grant(policy: string, checks: readonly AwsCheck[], statements: object): string {
  const inDoubt = checks.filter(({ verdict }) => verdict === 'DENIED-OR-MISSING');
  const key = checks.some(({ denial }) => denial?.action === 'GetSecretValue')
    ? ['A secret under a key of your own in KMS needs kms:Decrypt on that key too.']
    : [];
  return [`allow it in the ${policy}:`, JSON.stringify(statements, null, 2), ...key, ...inDoubt.map(ifAllowed)].join(
    '\n',
  );
}

/**
 * A name that does not exist has no random characters, so no statement for `NAME-??????` matches it, and the denial
 * stays even when the statement is there.
 */
function ifAllowed(check: AwsCheck): string {
  const { id } = check;
  if (id.startsWith('arn:')) return `If that is there already, ${id} does not exist.`;
  const bare = withoutSuffix(id);
  const pasted = bare === undefined ? '' : ` (or is its name ${bare}, without the suffix of the ARN?)`;
  return `If that is there already, ${id} does not exist${pasted}: ${createSecret(check)}`;
}
