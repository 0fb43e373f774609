import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git.ts';

/** An action as a consumer's runner finds it. */
export interface ResolvedAction {
  /** The folder with action.yml and dist. */
  readonly path: string;
  /** What the ref stood for. */
  readonly commit: string;
}

/** Writes the tree of a release into an empty or new folder. */
export async function checkoutRelease(repository: string, ref: string, folder: string): Promise<string> {
  const commit = await commitOf(repository, ref);
  mkdirSync(folder, { recursive: true });
  const env = { GIT_INDEX_FILE: join(folder, '.index'), GIT_WORK_TREE: folder };
  await git(repository, ['read-tree', commit], { env, cwd: folder });
  await git(repository, ['checkout-index', '--all', '--force'], { env, cwd: folder });
  rmSync(env.GIT_INDEX_FILE);
  return commit;
}

/**
 * What `uses: org/actions/<name>@<ref>` means: as on GitHub's runner, the tree of the ref's commit is fetched once into
 * `folder` and the action is a folder in it.
 */
export async function resolveAction(
  repository: string,
  name: string,
  ref: string,
  folder: string,
): Promise<ResolvedAction> {
  const commit = await commitOf(repository, ref);
  const tree = join(folder, commit);
  if (!existsSync(tree)) {
    mkdirSync(folder, { recursive: true });
    const fresh = mkdtempSync(join(folder, 'fetch-'));
    await checkoutRelease(repository, commit, fresh);
    try {
      renameSync(fresh, tree);
    } catch (error) {
      // Another job fetched the same commit meanwhile: its files are these.
      if (!existsSync(tree)) throw error;
      rmSync(fresh, { recursive: true });
    }
  }
  const path = join(tree, name);
  if (existsSync(join(path, 'action.yml'))) return { path, commit };
  const known = readdirSync(tree).filter((entry) => existsSync(join(tree, entry, 'action.yml')));
  throw new Error(`There is no action "${name}" at ${ref}: the actions there are ${known.join(', ')}.`);
}

async function commitOf(repository: string, ref: string): Promise<string> {
  try {
    const full = /^[0-9a-f]{40}$/.test(ref) ? ref : `refs/tags/${ref}`;
    return (await git(repository, ['rev-parse', '--verify', '--quiet', `${full}^{commit}`])).toString('utf8').trim();
  } catch {
    const tags = (await git(repository, ['tag', '--list'])).toString('utf8').trim().split('\n').join(', ');
    throw new Error(`There is no release "${ref}": the tags are ${tags || 'none'}.`);
  }
}
