import pMap from 'p-map';
import { asObject } from '../json-object.ts';
import { Unanswered } from '../unanswered.ts';
import { urlPath, type VaultApi } from './vault-api.ts';
import type { VaultObstacle } from './vault-check.ts';

/** Which engine a path belongs to. */
export interface Mount {
  /** `kv/` */
  readonly path: string;
  /** Vault did not tell (403): the first part of the path is taken for it. */
  readonly guessed: boolean;
  readonly engine: string;
}

/**
 * The mount of each path, by the question that Vault's own command line asks (`sys/internal/ui/mounts/PATH`), which any token
 * with a rule under the mount may ask. No mount is inside of another, so one answer holds for all paths under it.
 */
export async function findMounts(
  paths: readonly string[],
  api: VaultApi,
  concurrency: number,
): Promise<ReadonlyMap<string, Mount | Unanswered<VaultObstacle>>> {
  const found = new Map<string, Mount | Unanswered<VaultObstacle>>();
  const groups = Map.groupBy(new Set(paths), (path) => path.split('/')[0]);
  await pMap(
    groups.values(),
    async (group) => {
      const known: Mount[] = [];
      let guesses = 0;
      for (const path of group) {
        const same = known.find((mount) => `${path}/`.startsWith(mount.path));
        const mount = same ?? (guesses < MOST_GUESSES ? await ask(path, api) : guess(path));
        if (!(mount instanceof Unanswered) && !mount.guessed) known.push(mount);
        if (!(mount instanceof Unanswered) && mount.guessed) guesses += 1;
        found.set(path, mount);
      }
    },
    { concurrency },
  );
  return found;
}

/** A token that may not ask for three paths under a name may not for the thousand others either. */
const MOST_GUESSES = 3;

function guess(path: string): Mount {
  return { path: `${path.split('/')[0]}/`, guessed: true, engine: 'kv 2' };
}

async function ask(path: string, api: VaultApi): Promise<Mount | Unanswered<VaultObstacle>> {
  try {
    const { status, data = {} } = await api.get(`sys/internal/ui/mounts/${urlPath(path)}`);
    const { path: mount, type = '' } = data;
    if (status !== 200 || typeof mount !== 'string') return guess(path);
    const version = type === 'kv' || type === 'generic' ? ` ${asObject(data['options'])?.['version'] ?? '1'}` : '';
    return { path: mount, guessed: false, engine: `${type === 'generic' ? 'kv' : type}${version}` };
  } catch (error) {
    if (error instanceof Unanswered) return error;
    throw error;
  }
}
