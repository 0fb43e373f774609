import { git, ownGit, text } from './git.ts';
import { strangersIn } from './shipped.ts';

/** What stands at a remote, and every way in which it is changed. */
export interface Remote {
  /** Its name in the checkout, or its address. */
  readonly name: string;
  /** `refs/tags/v1.2.3` -> what it stands for; for an annotated tag that is its commit. */
  readonly commits: ReadonlyMap<string, string>;
  /** `refs/tags/v1.2.3` -> the object that it names, which for an annotated tag is the tag. */
  readonly objects: ReadonlyMap<string, string>;
  /** Makes the commits of these refs known to the checkout's repository, without a ref of its own. */
  fetch(refs: readonly string[]): Promise<void>;
  push(changes: readonly Change[]): Promise<void>;
}

/** A ref that is set to an object, from what it was; undefined is a ref that is not there. */
export interface Change {
  readonly ref: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Only what it was may be replaced, but by anything: for a major tag, and for taking back. */
  readonly force?: boolean;
}

/**
 * Reads what a remote has. Every command that talks to it is told; with `dryRun` those that would change it are told and not
 * run.
 */
export async function openRemote(
  root: string,
  name: string,
  { dryRun, tell }: { dryRun: boolean; tell: (line: string) => void },
): Promise<Remote> {
  const talk = async (args: readonly string[]) => {
    tell(`git ${args.join(' ')}`);
    return ownGit(root, args);
  };
  const [commits, objects] = [new Map<string, string>(), new Map<string, string>()];
  for (const line of (await talk(['ls-remote', name])).split('\n')) {
    const [id, ref] = line.split('\t');
    if (id === undefined || ref === undefined) continue;
    commits.set(ref.replace(/\^\{\}$/, ''), id);
    if (!ref.endsWith('^{}')) objects.set(ref, id);
  }
  return {
    name,
    commits,
    objects,
    async fetch(refs) {
      if (refs.length > 0) await talk(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', name, ...refs]);
    },
    async push(changes) {
      const leases = changes
        .filter(({ force }) => force)
        .map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`);
      const args = ['push', '--quiet', '--no-follow-tags', '--atomic', ...leases, name];
      args.push(...changes.map(({ ref, to }) => `${to ?? ''}:${ref}`));
      if (dryRun) tell(`git ${args.join(' ')}`);
      else await talk(args);
    },
  };
}

/**
 * Whether a commit is one of those that a release branch consists of. Source commits are ancestors too, by the second parent,
 * and of the first release by the only one: what is released holds nothing but what ships.
 */
export async function isRelease(repository: string, commit: string, tip: string): Promise<boolean> {
  const branch = text(await git(repository, ['rev-list', '--first-parent', tip])).split('\n');
  const paths = text(await git(repository, ['ls-tree', '-r', '--name-only', commit])).split('\n');
  return branch.includes(commit) && strangersIn(paths).length === 0;
}
