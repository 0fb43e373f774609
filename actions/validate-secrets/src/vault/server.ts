import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Run } from '@delivery-actions/action-kit';
import { Unanswered } from '../unanswered.ts';
import type { VaultServer } from './vault-api.ts';
import type { VaultObstacle } from './vault-check.ts';

/**
 * Where Vault is (`endpoint` before VAULT_ADDR) and whom it is taken for, from the environment that its command line reads: VAULT_NAMESPACE,
 * VAULT_CACERT (a file) or VAULT_CACERT_BYTES (PEM). VAULT_SKIP_VERIFY is refused: the token, which reads secrets, would go
 * to whoever answers.
 */
export async function vaultServer(
  { env, workspace }: Pick<Run, 'env' | 'workspace'>,
  endpoint: string | undefined,
): Promise<VaultServer> {
  const given = endpoint ?? env['VAULT_ADDR']?.trim() ?? '';
  if (given === '') throw new Unanswered<VaultObstacle>('no-address', 'VAULT_ADDR is not set');
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol))
    throw new Unanswered<VaultObstacle>('no-address', 'VAULT_ADDR is not a URL such as https://vault.example:8200');
  if (/^(?:1|t|true)$/i.test(env['VAULT_SKIP_VERIFY'] ?? ''))
    throw new Unanswered<VaultObstacle>(
      'skip-verify',
      'VAULT_SKIP_VERIFY asks to give the token to any server that answers',
    );
  const { origin, pathname } = new URL(given);
  const namespace = env['VAULT_NAMESPACE']?.trim().replace(/^\/+|\/+$/g, '') || undefined;
  const authority = await certificate(env, workspace);
  return {
    address: `${origin}${pathname.replace(/\/+$/, '')}`,
    namespace,
    tls: authority === undefined ? undefined : { ca: authority },
  };
}

async function certificate(env: Run['env'], workspace: string): Promise<string | undefined> {
  const { VAULT_CACERT_BYTES: bytes = '', VAULT_CACERT: file = '' } = env;
  if (bytes.trim() !== '') return bytes;
  if (file.trim() === '') return undefined;
  try {
    return await readFile(resolve(workspace, file.trim()), 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Unanswered<VaultObstacle>('no-certificate', `the file of VAULT_CACERT cannot be read (${code})`);
  }
}
