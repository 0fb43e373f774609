import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from './git.ts';

/** Builds what is checked out in a folder; answers a repository that has the release with this tag. */
export type Rebuild = (checkout: string, tag: string) => Promise<string>;

/**
 * Builds a commit in a new folder, where nothing is left over from anybody's work, and hands the repository with its
 * release to `use`. The folder goes afterwards.
 */
export async function rebuilt<Result>(
  {
    repository,
    source,
    tag,
    rebuild = withPnpm,
  }: { repository: string; source: string; tag: string; rebuild?: Rebuild },
  use: (release: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'release-rebuild-'));
  try {
    const checkout = join(folder, 'source');
    await git(repository, ['clone', '--quiet', '--no-checkout', '--no-tags', repository, checkout]);
    const env = { GIT_WORK_TREE: checkout };
    await git(join(checkout, '.git'), ['checkout', '--quiet', '--detach', source], { cwd: checkout, env });
    return await use(await rebuild(checkout, tag));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The rules of a release are those of its source: the commit installs, builds and lays out its own tree. */
const withPnpm: Rebuild = async (checkout) => {
  const { packageManager = '' } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    packageManager?: string;
  };
  // It goes through a shell.
  if (!/^pnpm@\d+\.\d+\.\d+$/.test(packageManager))
    throw new Error(
      `package.json: packageManager is "${packageManager}": expected one exact version, such as pnpm@1.2.3`,
    );
  for (const line of [`npx -y ${packageManager} install --frozen-lockfile`, `npx -y ${packageManager} build`]) {
    console.log(`${line}   in ${checkout}`);
    // npx is a script on Windows, so it needs a shell; of the line, only a version comes from outside.
    const { status } = spawnSync(line, { cwd: checkout, shell: true, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`"${line}" ended with ${status} in a checkout of the source commit`);
  }
  return join(checkout, 'build', 'release', 'actions.git');
};
