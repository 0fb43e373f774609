import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NotHere, realCache } from '../real/installed.ts';

/** docker/metadata-action after v6.2.0, as its users run it. */
const COMMIT = 'dc802804100637a589fabce1cb79ff13a1411302';
const ADDRESS = 'https://github.com/docker/metadata-action';
const FILE = 'dist/index.cjs';

/**
 * The bundle that docker/metadata-action commits, kept outside of this repository: from a clone that METADATA_ACTION names
 * (a bare one will do), else from GitHub at its first use.
 */
export function metadataAction(): string | NotHere {
  const folder = join(realCache(), `metadata-action-${COMMIT.slice(0, 12)}`);
  const file = join(folder, 'index.cjs');
  if (existsSync(file)) return file;
  const clone = process.env.METADATA_ACTION || join(folder, 'clone');
  if (!process.env.METADATA_ACTION) {
    console.log(`  installing: git fetch --depth=1 ${ADDRESS} ${COMMIT}`);
    mkdirSync(clone, { recursive: true });
    git(clone, 'init', '--quiet', '--bare');
    git(clone, 'fetch', '--quiet', '--depth=1', ADDRESS, COMMIT);
  }
  const { status, stdout } = git(clone, 'show', `${COMMIT}:${FILE}`);
  if (status !== 0)
    return {
      skipped: `docker/metadata-action is not here: "git clone ${ADDRESS}" where GitHub can be reached, then set METADATA_ACTION to that folder`,
    };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, stdout);
  return file;
}

function git(folder: string, ...args: readonly string[]) {
  return spawnSync('git', ['-C', folder, '-c', 'safe.directory=*', ...args], {
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
  });
}
