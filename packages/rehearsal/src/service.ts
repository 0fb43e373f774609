import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The rehearsed service as it is checked in: a small HTTP service with a lockfile, tests and a Dockerfile. */
export const SERVICE = fileURLToPath(new URL('../service/', import.meta.url));

export interface ServiceRepository {
  readonly folder: string;
  /** The commit that is running when the rehearsal starts. */
  readonly released: string;
  /** The commit that the rehearsal delivers. */
  readonly head: string;
}

/** Texts to change in the commit that is delivered, by path; each must be there, so that a scenario cannot miss its mark. */
export type Change = Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;

/** Makes the service's repository: the released commit, then the one to deliver. Always the same, so are its shas. */
export async function makeRepository(
  folder: string,
  files: Readonly<Record<string, string>>,
  change: Change = {},
): Promise<ServiceRepository> {
  await cp(SERVICE, folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) await write(folder, path, text);
  await git(folder, ['init', '--quiet', '--initial-branch=main']);
  const released = await commit(folder, 'Take orders', '2026-01-15T10:00:00Z');
  await edit(folder, {
    'package.json': [['"version": "1.4.0"', '"version": "1.5.0"']],
    'package-lock.json': [['"version": "1.4.0"', '"version": "1.5.0"']],
  });
  await edit(folder, change);
  return { folder, released, head: await commit(folder, 'Release 1.5.0', '2026-01-15T11:00:00Z') };
}

async function edit(folder: string, change: Change): Promise<void> {
  for (const [path, edits] of Object.entries(change)) {
    let text = await readFile(join(folder, path), 'utf8');
    for (const [from, to] of edits) {
      if (!text.includes(from)) throw new Error(`${path} of the rehearsed service has no text "${from}" to change`);
      text = text.replaceAll(from, to);
    }
    await write(folder, path, text);
  }
}

async function write(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function commit(folder: string, message: string, date: string): Promise<string> {
  await git(folder, ['add', '--all']);
  await git(folder, ['commit', '--quiet', '--message', message], { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
  return (await git(folder, ['rev-parse', 'HEAD'])).trim();
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Rehearsal',
  GIT_AUTHOR_EMAIL: 'rehearsal@example.test',
  GIT_COMMITTER_NAME: 'Rehearsal',
  GIT_COMMITTER_EMAIL: 'rehearsal@example.test',
};

/** git with nothing of the machine's own configuration: no signing, no hooks, no line-ending conversion. */
async function git(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await run('git', ['-c', 'core.autocrlf=false', ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      ...IDENTITY,
      ...env,
    },
  });
  return stdout;
}
