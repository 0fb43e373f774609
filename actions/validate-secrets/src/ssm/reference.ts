import { UserError } from '@delivery-actions/action-kit';

/** A parameter of SSM Parameter Store. */
export interface ParameterReference {
  readonly store: 'ssm';
  /** The name or ARN as given, with `:3` or `:label` behind it for another version than the latest. */
  readonly name: string;
  /** What an ARN says; a name leaves it to the job. */
  readonly region?: string;
}

/** What a name may consist of (PutParameter), and a selector behind it (GetParameters). */
const NAME = /^(?:\/?[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*)(?::[A-Za-z0-9_.-]+)?$/;
const ARN = /^arn:aws[a-z-]*:ssm:([a-z0-9-]+):\d{12}:parameter\/[A-Za-z0-9_./-]+(?::[A-Za-z0-9_.-]+)?$/;

export function parseParameter(name: string): ParameterReference {
  const problem = (what: string, hint: string) => new UserError(`"ssm:${name}" ${what}`, { hint });
  if (name.startsWith('arn:')) {
    const [, region] = ARN.exec(name) ?? [];
    if (region !== undefined) return { store: 'ssm', name, region };
    throw problem('is not the ARN of a parameter', 'expected ssm:arn:aws:ssm:REGION:ACCOUNT:parameter/NAME');
  }
  if (name.startsWith('/aws/reference/secretsmanager/'))
    throw problem(
      'is a secret of Secrets Manager, by way of Parameter Store',
      `name the secret itself: ${name.replace('/aws/reference/secretsmanager/', '')}`,
    );
  if (name.includes('//'))
    throw problem('has an empty part', 'was an expression such as ${{ inputs.environment }} empty?');
  if (name.endsWith('/')) throw problem('is a path, not a parameter', 'name each parameter of it, one a line');
  if (!NAME.test(name))
    throw problem(
      'cannot be the name of a parameter',
      /[${%]/.test(name)
        ? 'a variable was not filled in: in a workflow it is ${{ env.NAME }} or ${{ inputs.name }}'
        : 'a name has letters, digits and _.-/ only, as in ssm:/checkout/staging/flag; one a line',
    );
  return { store: 'ssm', name };
}

/** The name as commands and policies take it: without an ARN's beginning and without a selector. */
export function bareName(name: string): string {
  const inArn = name.startsWith('arn:')
    ? name
        .split(':')
        .slice(5)
        .join(':')
        .replace(/^parameter/, '')
    : name;
  return inArn.replace(/:[^/]*$/, '');
}

/** The folder and the last part of a name; a name without a slash has no folder. */
export function split(name: string): readonly [folder: string, last: string] {
  const end = name.lastIndexOf('/');
  return end <= 0 ? ['', name] : [name.slice(0, end), name.slice(end + 1)];
}
