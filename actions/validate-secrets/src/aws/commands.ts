/** Commands of the AWS CLI, to be pasted into a shell. */
interface Target {
  readonly id: string;
  readonly region: string | null;
  /** The service that manages it. */
  readonly owner?: string;
}

/** The value comes from a file, so that it ends up neither in the shell's history nor in the list of processes. */
const FROM_FILE = '--secret-string file://secret.txt';

export function createSecret({ id, region }: Target): string {
  return command('create-secret', region, `--name ${quoted(id)} ${FROM_FILE}`);
}

/** A managed secret takes its value from its own service only (User Guide, "Secrets managed by other services"). */
export function putSecretValue({ id, region, owner }: Target): string {
  if (owner !== undefined)
    return `${owner} manages it and takes a value from nobody else: rotate it\n${rotateSecret({ id, region })}`;
  return command('put-secret-value', region, `--secret-id ${quoted(id)} ${FROM_FILE}`);
}

export function rotateSecret({ id, region }: Target): string {
  return command('rotate-secret', region, `--secret-id ${quoted(id)}`);
}

export function tagSecret({ id, region }: Target, tags: readonly { key: string; wanted: string }[]): string {
  const list = tags.map(({ key, wanted }) => shell(`Key=${key},Value=${wanted}`));
  return command('tag-resource', region, `--secret-id ${quoted(id)} --tags ${list.join(' ')}`);
}

/** Encrypts the current, pending and previous versions anew (UpdateSecret, SDK documentation). */
export function useKey({ id, region, owner }: Target, key: string): string {
  if (owner !== undefined) return `${owner} manages it: give it the key there`;
  return command('update-secret', region, `--secret-id ${quoted(id)} --kms-key-id ${shell(key)}`);
}

export function restoreSecret({ id, region }: Target): string {
  return command('restore-secret', region, `--secret-id ${quoted(id)}`);
}

export function startRotation({ id, region }: Target): string {
  return command(
    'rotate-secret',
    region,
    `--secret-id ${quoted(id)} --rotation-lambda-arn ARN --rotation-rules AutomaticallyAfterDays=30`,
  );
}

export function cancelRotation({ id, region }: Target): string {
  return command('cancel-rotate-secret', region, `--secret-id ${quoted(id)}`);
}

export function listVersions({ id, region }: Target): string {
  return command('list-secret-version-ids', region, `--secret-id ${quoted(id)}`);
}

export function replicateTo({ id, region }: Target, replica: string): string {
  return command(
    'replicate-secret-to-regions',
    region,
    `--secret-id ${quoted(id)} --add-replica-regions Region=${replica} --force-overwrite-replica-secret`,
  );
}

export function getResourcePolicy({ id, region }: Target): string {
  return command('get-resource-policy', region, `--secret-id ${quoted(id)}`);
}

export function describeArn({ id, region }: Target): string {
  return command('describe-secret', region, `--secret-id ${quoted(id)} --query ARN`);
}

function command(name: string, region: string | null, rest: string): string {
  return `aws secretsmanager ${name}${region === null ? '' : ` --region ${region}`} ${rest}`;
}

function shell(text: string): string {
  return /^[\w./=:,@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** `!` is the one character of a name that a shell may take for its own. */
function quoted(text: string): string {
  return text.includes('!') ? `'${text}'` : text;
}
