import type { Finding } from '@delivery-actions/action-kit';
import { createSecret } from './commands.ts';
import { principalName } from './denial.ts';
import { withoutSuffix } from './secret-id.ts';
import { levelOf } from './severity.ts';
import type { SecretCheck } from './verdict.ts';

/** All secrets that one policy keeps from the caller, with the statement that would allow exactly them. */
export function deniedFinding(checks: readonly SecretCheck[]): Finding {
  const [first] = checks;
  const { principal, policy = 'policy', explicit = false } = first?.denial ?? {};
  const who = principal === undefined ? 'The caller' : `The ${principalName(principal)}`;
  const ids = checks.map(({ id }) => id).join(', ');
  const why = explicit ? `with an explicit deny in a ${policy}` : `because no ${policy} allows it`;
  const exists = first?.verdict === 'DENIED';
  const doubt = exists
    ? first.listed
      ? `${checks.length === 1 ? 'The secret is' : 'The secrets are'} there: ListSecrets has the name.`
      : 'The secret is there: its own policy answered.'
    : 'AWS gives the same answer for a missing secret and for a forbidden one.';
  return {
    level: first === undefined ? 'error' : levelOf(first),
    title: 'Access denied',
    message: `${who} may not describe ${ids}, ${why}. ${doubt}`,
    hint: explicit ? withdraw(policy, checks) : grant(policy, checks),
  };
}

function withdraw(policy: string, checks: readonly SecretCheck[]): string {
  const statement = `find the statement with "Effect": "Deny" in the ${policy}: it wins over every statement that allows`;
  if (policy !== 'resource-based policy') return statement;
  const commands = checks.map(
    ({ id, region }) => `aws secretsmanager get-resource-policy --region ${region} --secret-id ${id}`,
  );
  return [`${statement}:`, ...commands].join('\n');
}

function grant(policy: string, checks: readonly SecretCheck[]): string {
  const statement = {
    Effect: 'Allow',
    Action: 'secretsmanager:DescribeSecret',
    Resource: checks.flatMap(({ denial }) => denial?.resource ?? []),
  };
  return [
    `allow it in the ${policy}:`,
    JSON.stringify(statement, null, 2),
    ...checks.filter(({ listed }) => !listed).map(ifAllowed),
  ].join('\n');
}

/**
 * A name that does not exist has no random characters, so no statement for `NAME-??????` matches it, and the denial
 * stays even when the statement is there.
 */
function ifAllowed(check: SecretCheck): string {
  const { id } = check;
  if (id.startsWith('arn:')) return `If that is there already, ${id} does not exist.`;
  const bare = withoutSuffix(id);
  const pasted = bare === undefined ? '' : ` (or is its name ${bare}, without the suffix of the ARN?)`;
  return `If that is there already, ${id} does not exist${pasted}: ${createSecret(check)}`;
}
