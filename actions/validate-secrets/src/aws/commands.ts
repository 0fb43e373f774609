/** Commands of the AWS CLI, to be pasted into a shell. */
interface Target {
  readonly id: string;
  readonly region: string | null;
}

/** The value comes from a file, so that it ends up neither in the shell's history nor in the list of processes. */
const FROM_FILE = '--secret-string file://secret.txt';

export function createSecret({ id, region }: Target): string {
  return command('create-secret', region, `--name ${quoted(id)} ${FROM_FILE}`);
}

export function putSecretValue({ id, region }: Target): string {
  return command('put-secret-value', region, `--secret-id ${quoted(id)} ${FROM_FILE}`);
}

export function restoreSecret({ id, region }: Target): string {
  return command('restore-secret', region, `--secret-id ${quoted(id)}`);
}

function command(name: string, region: string | null, rest: string): string {
  return `aws secretsmanager ${name}${region === null ? '' : ` --region ${region}`} ${rest}`;
}

/** `!` is the one character of a name that a shell may take for its own. */
function quoted(text: string): string {
  return text.includes('!') ? `'${text}'` : text;
}
