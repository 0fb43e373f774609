import type { VaultCheck } from './vault-check.ts';

/** Commands of Vault's command line, to be pasted into a shell. The values come from a file, not from the shell's history. */
type Target = Pick<VaultCheck, 'id' | 'mount' | 'path' | 'keys' | 'version'>;

function place({ id, mount, path }: Target): string {
  const [first = '', ...rest] = id.replace(/^vault:/, '').split('/');
  return `-mount=${quoted((mount ?? first).replace(/\/$/, ''))} ${quoted(path ?? rest.join('/'))}`;
}

export function put(target: Target): string {
  return `vault kv put ${place(target)} @secret.json`;
}

/** Leaves the other keys as they are. */
export function patch(target: Target): string {
  return `vault kv patch ${place(target)} @secret.json`;
}

export function undelete(target: Target): string {
  return `vault kv undelete -versions=${target.version ?? 1} ${place(target)}`;
}

function quoted(text: string): string {
  return /^[A-Za-z0-9/_.@:=+~,-]+$/.test(text) ? text : `'${text}'`;
}

/** The policy that allows exactly what these lines ask for. */
export function leastPrivilege(checks: readonly VaultCheck[]): string {
  const paths = checks.flatMap(({ id, mount, path, needs }) => {
    const [first = '', ...rest] = id.replace(/^vault:/, '').split('/');
    return needs.map((part) => `${mount ?? `${first}/`}${part}/${path ?? rest.join('/')}`);
  });
  return [...new Set(paths)].map((path) => `path "${path}" {\n  capabilities = ["read"]\n}`).join('\n');
}
