import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type NotHere, realCache } from '../real/installed.ts';

/** Another project's action at one commit. */
export interface Peer {
  /** `owner/name` */
  readonly repository: string;
  readonly tag: string;
  /** What the tag was when the figures were first taken. */
  readonly commit: string;
}

/** The folder with its files, fetched at its first use. */
export function peerFolder({ repository, tag, commit }: Peer): string | NotHere {
  const folder = join(realCache(), 'peers', `${repository.replace('/', '+')}-${tag}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  const git = (...args: string[]) => spawnSync('git', args, { encoding: 'utf8', timeout: 120_000 });
  try {
    const cloned = git('clone', '--quiet', '--depth', '1', '--branch', tag, `https://github.com/${repository}`, fresh);
    if (cloned.status !== 0)
      return { skipped: `${repository} ${tag} is not to be had here: ${cloned.stderr.trim().split('\n').at(-1)}` };
    const found = git('-C', fresh, 'rev-parse', 'HEAD').stdout.trim();
    if (found !== commit)
      return { skipped: `${repository} ${tag} is ${found} now, no longer ${commit}: look at it first` };
    renameSync(fresh, folder);
    return folder;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
