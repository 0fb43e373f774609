import type { Finding } from '@delivery-actions/action-kit';
import { accountOf, principalName } from '../aws/denial.ts';
import { whyUnreachable as awsWhy } from '../aws/why-unreachable.ts';
import { keysFinding } from '../keys-finding.ts';
import { type Cause, findingsByCause, type Group } from '../root-cause.ts';
import { levelOf } from '../severity.ts';
import { staleFinding } from '../stale-finding.ts';
import type { ParameterCheck } from './parameter-check.ts';
import { bareName } from './reference.ts';

/** One finding for each root cause, in the order of the rows. */
export function findings(checks: readonly ParameterCheck[]): Finding[] {
  return findingsByCause(checks, rootCause, (group) => finding(group, checks));
}

function rootCause(check: ParameterCheck): unknown {
  const { id, denial, listed } = check;
  if (denial === undefined) return id;
  return ['denied', denial.principal, denial.policy, denial.explicit, denial.decrypt, listed, levelOf(check)];
}

/** Why AWS gave no answer, in the words of Secrets Manager: what keeps the job from both is told once. */
export function whyUnreachable(check: ParameterCheck): Cause {
  return awsWhy(check, { service: 'Parameter Store', variable: 'AWS_ENDPOINT_URL_SSM' });
}

function finding(checks: Group<ParameterCheck>, all: readonly ParameterCheck[]): Finding {
  const [check] = checks;
  switch (check.verdict) {
    case 'MISSING':
      return missing(check);
    case 'DENIED':
    case 'DENIED-OR-MISSING':
      return denied(checks, all);
    case 'EMPTY':
    case 'KEY-MISSING':
    case 'PLACEHOLDER':
      return keysFinding(check, put(check, '--overwrite '));
    case 'STALE':
      return staleFinding(check, put(check, '--overwrite '));
    default:
      throw new Error(`${check.id} cannot be ${check.verdict} and need a finding`);
  }
}

/** The value comes from a file, so that it ends up neither in the shell's history nor in the list of processes. */
function put({ id, region, type = 'SecureString' }: ParameterCheck, overwrite = ''): string {
  const name = bareName(id.replace(/^ssm:/, ''));
  return `aws ssm put-parameter --region ${region} --name ${name} --type ${type} ${overwrite}--value file://secret.txt`;
}

function missing(check: ParameterCheck): Finding {
  const { id, region, suggestion, listed, optional } = check;
  const [, selector] = /:([^/:]+)$/.exec(id.replace(/^ssm:(?:arn:[^/]*)?/, '')) ?? [];
  const what = selector === undefined ? 'no such parameter' : `no such parameter, or it has no version ${selector},`;
  const unlisted =
    listed === false ? ' AWS denies access to it, and it is not among the names of DescribeParameters either.' : '';
  const meant = suggestion === undefined ? '' : `did you mean ssm:${suggestion}, which is there?\nIf not:\n`;
  return {
    level: levelOf(check),
    title: 'Parameter is missing',
    message: `${id} is MISSING: there is ${what} in ${region}.${unlisted}${optional ? ' It is optional.' : ''}`,
    hint: `${meant}${put(check)}`,
  };
}

function denied(checks: Group<ParameterCheck>, all: readonly ParameterCheck[]): Finding {
  const [first] = checks;
  const { principal, policy = 'policy', explicit = false, decrypt = false } = first.denial ?? {};
  const who = principal === undefined ? 'The caller' : `The ${principalName(principal)}`;
  const ids = checks.map(({ id }) => id).join(', ');
  const why = explicit ? `with an explicit deny in a ${policy}` : `because no ${policy} allows it`;
  const there = checks.length === 1 ? 'The parameter is there' : 'The parameters are there';
  const existence = decrypt
    ? `${there}; whether the value has what is asked for is not known.`
    : first.listed
      ? `${there}: DescribeParameters has the name.`
      : 'AWS gives the same answer for a missing parameter and for a forbidden one.';
  const statement = JSON.stringify(leastPrivilege(all, principal), null, 2);
  const key = decrypt ? ['A SecureString under a key of your own in KMS needs kms:Decrypt on that key too.'] : [];
  return {
    level: levelOf(first),
    title: 'Access denied',
    message: `${who} may not ${decrypt ? 'decrypt' : 'get'} ${ids}, ${why}. ${existence}`,
    hint: explicit
      ? `find the statement with "Effect": "Deny" in the ${policy}: it wins over every statement that allows`
      : [`allow it in the ${policy}:`, statement, ...key].join('\n'),
  };
}

/** GetParameters on exactly these; unlike a secret, a parameter has nothing random at the end of its ARN. */
function leastPrivilege(checks: readonly ParameterCheck[], principal: string | undefined): object {
  const { partition, account } = accountOf(principal);
  const resources = checks.map(({ id, region }) => {
    const name = id.replace(/^ssm:/, '');
    if (name.startsWith('arn:')) return name.replace(/(\/[^:]*):[^/]*$/, '$1');
    return `arn:${partition}:ssm:${region ?? '*'}:${account}:parameter/${bareName(name).replace(/^\//, '')}`;
  });
  return { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: [...new Set(resources)] };
}
