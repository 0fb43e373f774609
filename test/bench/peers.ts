import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type NotHere, realCache } from '../real/installed.ts';

/** Another project's action at one commit. */
export interface Peer {
  /** `owner/name` */
  readonly repository: string;
  readonly commit: string;
}

/**
 * A folder with the bundles that an action commits in `dist`, kept outside of this repository: from a clone `owner+name` in
 * the folder that PEERS names (a bare one will do), else from GitHub at its first use.
 */
export function peerFolder({ repository, commit }: Peer): string | NotHere {
  const name = repository.replace('/', '+');
  const folder = join(realCache(), 'peers', `${name}-${commit.slice(0, 12)}`);
  if (existsSync(folder)) return join(folder, 'dist');
  const fresh = `${folder}.${process.pid}`;
  const address = `https://github.com/${repository}`;
  try {
    let clone = join(process.env.PEERS || '.', name);
    if (!process.env.PEERS) {
      console.log(`  installing: git fetch --depth=1 ${address} ${commit}`);
      clone = join(fresh, 'clone');
      mkdirSync(clone, { recursive: true });
      git(clone, 'init', '--quiet', '--bare');
      git(clone, 'fetch', '--quiet', '--depth=1', address, commit);
    }
    const listed = git(clone, 'ls-tree', '-r', '--name-only', commit, 'dist');
    if (listed.status !== 0)
      return {
        skipped: `${repository} is not here: clone ${address} into the folder PEERS/${name} where GitHub can be reached`,
      };
    for (const file of listed.stdout.toString('utf8').trim().split('\n')) {
      if (!/\.c?js$|\/package\.json$/.test(file)) continue;
      mkdirSync(dirname(join(fresh, file)), { recursive: true });
      writeFileSync(join(fresh, file), git(clone, 'show', `${commit}:${file}`).stdout);
    }
    rmSync(join(fresh, 'clone'), { recursive: true, force: true });
    renameSync(fresh, folder);
    return join(folder, 'dist');
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function git(folder: string, ...args: readonly string[]) {
  return spawnSync('git', ['-C', folder, '-c', 'safe.directory=*', ...args], {
    maxBuffer: 64 * 1024 * 1024,
    timeout: 120_000,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
  });
}
