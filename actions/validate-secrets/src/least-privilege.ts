import { accountOf } from './denial.ts';
import { parseSecretId, policyResource } from './secret-id.ts';
import type { SecretCheck } from './verdict.ts';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string;
  readonly Resource: readonly string[];
}

/**
 * What a policy has to allow so that this run can ask all it was told to ask, and nothing else: describing each secret,
 * and reading those whose keys are looked at. `principal` is the caller, in whose account names are looked up.
 */
export function leastPrivilege(
  checks: readonly SecretCheck[],
  principal: string | undefined,
): Statement | readonly Statement[] {
  const inAws = checks.filter(({ store }) => store === 'aws');
  const resources = (of: readonly SecretCheck[]) =>
    of.map(
      ({ id, region, denial }) =>
        denial?.resource ?? policyResource(parseSecretId(id), { ...accountOf(principal), region: region ?? '*' }),
    );
  const read = inAws.filter(({ keys = [] }) => keys.length > 0);
  const describe: Statement = {
    Effect: 'Allow',
    Action: 'secretsmanager:DescribeSecret',
    Resource: resources(inAws),
  };
  if (read.length === 0) return describe;
  return [describe, { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: resources(read) }];
}
