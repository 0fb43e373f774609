import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What is checked out. */
export interface Checkout {
  /** Full sha of HEAD. */
  readonly commit: string;
  /** `refs/heads/main`, `refs/tags/v1.2.3`; empty when HEAD is on neither. */
  readonly ref: string;
  /** Tracked files that differ from HEAD, the first few. */
  readonly changed: readonly string[];
}

/** What git knows. Every answer is undefined where there is no checkout, no git, or no such thing. */
export interface Git {
  /** Without `ref`, a detached HEAD has none, which saves a second look at git. */
  checkout(asked?: { readonly ref: boolean }): Promise<Checkout | undefined>;
  /** Names of all git tags. `complete` is false for a shallow clone, which may have only the tag that it was made for. */
  tags(): Promise<{ readonly names: readonly string[]; readonly complete: boolean } | undefined>;
  /** When that commit was committed. */
  commitDate(commit: string): Promise<Date | undefined>;
  /** The branch that the remote's HEAD names. */
  defaultBranch(): Promise<string | undefined>;
}

interface Surroundings {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly debug: (text: string) => void;
}

/** Milliseconds. `git status` of a large checkout takes a second. */
const TIMEOUT = 60_000;
const LISTED = 5;

export function gitCheckout({ workspace, env, signal, debug }: Surroundings): Git {
  async function git(...args: readonly string[]): Promise<string | undefined> {
    if (!existsSync(join(workspace, '.git'))) return undefined;
    debug(`git ${args.join(' ')} in ${workspace}`);
    const { execFile } = await import('node:child_process');
    return new Promise((resolve, reject) => {
      execFile(
        'git',
        // Neither a daemon of the checkout's choice, nor a refusal because a container's user owns the folder.
        ['-c', 'core.fsmonitor=false', '-c', `safe.directory=${workspace}`, ...args],
        {
          cwd: workspace,
          signal,
          timeout: TIMEOUT,
          maxBuffer: 64 * 1024 * 1024,
          env: { ...env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' } as NodeJS.ProcessEnv,
        },
        (error, stdout) => {
          // A cancelled job must not go on as if there were no checkout.
          if (signal.aborted) reject(signal.reason);
          else resolve(error === null ? stdout : undefined);
        },
      );
    });
  }

  return {
    async checkout({ ref: asksRef } = { ref: true }) {
      // One process says all of it; files that git does not track may be the build's own.
      const status = await git('status', '--porcelain=v2', '--branch', '--untracked-files=no', '-z');
      if (status === undefined) return undefined;
      const records = status.split('\0');
      const head = (name: string) => records.find((each) => each.startsWith(`# branch.${name} `))?.split(' ')[2];
      const commit = head('oid');
      if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
      const branch = head('head');
      const detached = branch === '(detached)' || branch === undefined;
      const ref = detached ? (asksRef ? await detachedRef() : '') : `refs/heads/${branch}`;
      const changed = records.filter((each) => /^[12u] /.test(each)).map(pathOf);
      return { commit, ref, changed: changed.slice(0, LISTED) };
    },
    async tags() {
      const answer = await git('rev-parse', '--is-shallow-repository', '--symbolic', '--tags');
      if (answer === undefined) return undefined;
      // Their names as they are: asked for full names, it leaves out a tag that is called like a branch.
      const [shallow, ...names] = answer.split('\n').filter((line) => line !== '');
      return { names, complete: shallow === 'false' };
    },
    async commitDate(commit) {
      const seconds = (await git('show', '--no-patch', '--format=%ct', commit))?.trim() ?? '';
      return /^\d+$/.test(seconds) ? new Date(Number(seconds) * 1_000) : undefined;
    },
    async defaultBranch() {
      const head = await git('symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD');
      return head?.trim().replace(/^refs\/remotes\/origin\//, '') || undefined;
    },
  };

  /** Of a checkout of a tag, a pull request or a remote's branch; empty when HEAD is only a commit. */
  async function detachedRef(): Promise<string> {
    const names = (await git('for-each-ref', '--points-at=HEAD', '--format=%(refname)'))?.split('\n') ?? [];
    // v1 often moves along with v1.2.3: the longest name says most.
    const tags = names.filter((name) => name.startsWith('refs/tags/')).sort((one, other) => other.length - one.length);
    const pulls = names.filter((name) => PULL.test(name)).map((name) => name.replace('/remotes', ''));
    const branches = names
      .filter((name) => REMOTE_BRANCH.test(name) && !PULL.test(name))
      .sort((one, other) => Number(other.startsWith(ORIGIN)) - Number(one.startsWith(ORIGIN)))
      .map((name) => name.replace(REMOTE_BRANCH, 'refs/heads/'));
    const refs = [...tags, ...pulls, ...branches];
    return refs.find((name) => name === env.GITHUB_REF) ?? refs[0] ?? '';
  }
}

/** Where actions/checkout keeps the refs of a pull request. */
const PULL = /^refs\/remotes\/pull\/\d+\/(?:head|merge)$/;
const ORIGIN = 'refs/remotes/origin/';
const REMOTE_BRANCH = /^refs\/remotes\/[^/]+\/(?!HEAD$)/;

/** The path of a changed entry: the ninth field, the tenth of a rename, the eleventh of a conflict (git-status, "Porcelain Format Version 2"). */
function pathOf(record: string): string {
  const before = record.startsWith('1') ? 8 : record.startsWith('2') ? 9 : 10;
  return record.split(' ').slice(before).join(' ');
}
