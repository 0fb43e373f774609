import { UserError } from '@delivery-actions/action-kit';

/** A secret of a KV engine of HashiCorp Vault or OpenBao. */
export interface VaultReference {
  readonly store: 'vault';
  /** As the command line takes it: `kv/checkout/staging`, the mount first, without `data/`. */
  readonly path: string;
}

/** What Vault takes for more than a character of a name, in a path, in a policy or in a URL. */
const STRANGE = /[\s\p{Cc}"'\\*?%<>{}|^`$;]/u;

export function parseVault(path: string): VaultReference {
  const parts = path.split('/');
  const problem = (what: string, hint: string) => new UserError(`"vault:${path}" ${what}`, { hint });
  if (path.startsWith('/') || path.endsWith('/'))
    throw problem('begins or ends with a slash', `write vault:${path.replace(/^\/+|\/+$/g, '')}`);
  if (parts.includes(''))
    throw problem('has an empty part', 'was an expression such as ${{ inputs.environment }} empty?');
  if (parts.some((part) => part === '.' || part === '..'))
    throw problem('has a part that is . or ..', 'write the path in full, as in vault:kv/checkout/staging');
  const [stranger] = STRANGE.exec(path) ?? [];
  if (stranger !== undefined)
    throw problem(
      `cannot be the path of a secret: it may not contain ${/\s/.test(stranger) ? 'a blank' : `"${stranger}"`}`,
      stranger === '$' || stranger === '{'
        ? 'a variable was not filled in: in a workflow it is ${{ env.NAME }} or ${{ inputs.name }}'
        : 'a path is the mount and the name, as in vault:kv/checkout/staging; keys come behind a #, one secret a line',
    );
  if (parts.length < 2)
    throw problem('names a mount without a secret', 'write the path behind it too, as in vault:kv/checkout/staging');
  return { store: 'vault', path };
}
