import type { AwsCheck } from './aws-check.ts';
import { accountOf } from './denial.ts';
import { parseSecretId, policyResource } from './secret-id.ts';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string;
  readonly Resource: readonly string[];
}

/**
 * What a policy has to allow so that this run can ask all it was told to ask, and nothing else: describing each secret,
 * reading those whose values are looked into, and listing the versions of those whose age matters. `principal` is the caller, in whose account names are looked up.
 */
export function leastPrivilege(
  checks: readonly AwsCheck[],
  principal: string | undefined,
): Statement | readonly Statement[] {
  const resources = (of: readonly AwsCheck[]) =>
    of.map(
      ({ id, region, denial }) =>
        denial?.resource ?? policyResource(parseSecretId(id), { ...accountOf(principal), region: region ?? '*' }),
    );
  const read = checks.filter(({ keys }) => keys !== undefined);
  const dated = checks.filter(({ maxAge }) => maxAge !== undefined);
  const describe: Statement = {
    Effect: 'Allow',
    Action: 'secretsmanager:DescribeSecret',
    Resource: resources(checks),
  };
  const more = [
    { Action: 'secretsmanager:GetSecretValue', of: read },
    { Action: 'secretsmanager:ListSecretVersionIds', of: dated },
  ].flatMap(({ Action, of }): Statement[] =>
    of.length === 0 ? [] : [{ Effect: 'Allow', Action, Resource: resources(of) }],
  );
  return more.length === 0 ? describe : [describe, ...more];
}
