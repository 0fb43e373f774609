import { UserError } from '@delivery-actions/action-kit';

/** A secret as the workflow names it. */
export interface SecretId {
  /** The name or ARN as given. */
  readonly id: string;
  /** What an ARN says; a name leaves the region and the account to the caller. */
  readonly arn?: SecretArn;
}

export interface SecretArn {
  /** `aws`, `aws-cn`, `aws-us-gov`, ... */
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** The name, with the six random characters if the ARN is complete. */
  readonly resource: string;
}

/** What a name may consist of (CreateSecret, SDK documentation; `!` is in the names that AWS services give). */
const NAME = /^[A-Za-z0-9/_+=.@!-]+$/;
const LONGEST_NAME = 512;
const ARN = /^arn:(aws[a-z-]*):secretsmanager:([a-z0-9-]+):(\d{12}):secret:(.+)$/;

/** Reads a name or an ARN. Throws a UserError that says what is wrong with it. */
export function parseSecretId(id: string): SecretId {
  if (!id.startsWith('arn:')) {
    checkName(id);
    return { id };
  }
  const [, partition, region, account, resource] = ARN.exec(id) ?? [];
  if (partition === undefined || region === undefined || account === undefined || resource === undefined)
    throw new UserError(
      `"${id}" is not the ARN of a secret: expected arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf`,
      /^arn:aws[a-z-]*:ssm:/.test(id) ? { hint: `a parameter of SSM has a prefix: ssm:${id}` } : {},
    );
  if (resource.includes(':'))
    throw new UserError(`"${id}" has more than an ARN has`, {
      hint: `a key or version after the name is ECS notation; write ${id.slice(0, id.length - resource.length)}${resource.split(':')[0]}`,
    });
  checkName(resource);
  return { id, arn: { partition, region, account, resource } };
}

function checkName(name: string): void {
  if (name.length > LONGEST_NAME)
    throw new UserError(`a name of ${name.length} characters is too long: Secrets Manager allows ${LONGEST_NAME}`);
  if (NAME.test(name)) return;
  const stranger = [...name].find((character) => !NAME.test(character)) ?? '';
  throw new UserError(`"${name}" cannot be the name of a secret: it may not contain ${described(stranger)}`, {
    hint: HINTS.find(([found]) => found.test(name))?.[1] ?? 'a name has letters, digits and /_+=.@-! only',
  });
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^- /, 'the input is one text, not a YAML list: write the names without "- "'],
  [/[$%]/, 'a variable was not filled in: in a workflow it is ${{ env.NAME }} or ${{ inputs.name }}'],
  [/^["'“‘].*["'”’]$/, 'write the name without quotes'],
  [/[,;]|\S\s+\S/, 'write one secret a line'],
];

function described(character: string): string {
  if (/\s/.test(character)) return 'a blank';
  if (/["'“”‘’]/.test(character)) return `the quote ${character}`;
  if (/[\p{C}\p{M}]/u.test(character))
    return `an invisible character (U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')})`;
  return `"${character}"`;
}

/** The name without what looks like an ARN's six random characters, if it ends so. */
export function withoutSuffix(name: string): string | undefined {
  return /^(.+)-[A-Za-z0-9]{6}$/.exec(name)?.[1];
}

/**
 * The resource of an IAM statement for exactly this secret. A name does not tell the six characters at the end of its
 * ARN, so they are `??????`, as the Secrets Manager User Guide recommends; what a name leaves open comes from `caller`.
 */
export function policyResource(
  { id, arn }: SecretId,
  caller: { partition: string; region: string; account: string },
): string {
  const { partition, region, account, resource } = arn ?? { ...caller, resource: id };
  const complete = arn !== undefined && withoutSuffix(resource) !== undefined;
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${resource}${complete ? '' : '-??????'}`;
}
