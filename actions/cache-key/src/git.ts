import { UserError } from '@delivery-actions/action-kit';

/** What git knows of a checkout. */
export interface Git {
  /** Paths that git tracks, and new ones that it does not ignore; relative to the workspace, with `/`. */
  files(pathspecs: readonly string[]): Promise<{
    readonly paths: readonly string[];
    /** Pathspecs that no path matches. */
    readonly unmatched: readonly string[];
  }>;
  /** Paths that match and that git ignores. Walks the whole folder: for explanations only. */
  ignored(pathspecs: readonly string[]): Promise<readonly string[]>;
}

interface Surroundings {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function gitCheckout({ workspace, env, signal }: Surroundings): Git {
  async function lsFiles(...args: readonly string[]): Promise<Ended> {
    const ended = await run([
      // Neither a daemon of the checkout's choice, nor a refusal because a container's user owns the folder.
      ...['-c', 'core.fsmonitor=false', '-c', `safe.directory=${workspace}`, 'ls-files', '-z', ...args],
    ]);
    if (ended.code === 0 || ended.stderr.includes('did not match any file')) return ended;
    throw refusal(ended, workspace);
  }

  async function run(args: readonly string[]): Promise<Ended> {
    const { spawn } = await import('node:child_process');
    const { buffer } = await import('node:stream/consumers');
    const child = spawn('git', args, {
      cwd: workspace,
      signal,
      // Its messages are read; nothing is written for the sake of a listing.
      env: { ...env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const code = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    try {
      const [stdout, stderr, exitCode] = await Promise.all([buffer(child.stdout), buffer(child.stderr), code]);
      return { code: exitCode, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
    } catch (error) {
      signal.throwIfAborted();
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      throw new UserError(
        absent ? `git or the workspace ${workspace} is not on this runner.` : `git could not be run: ${String(error)}`,
        {
          hint: 'install git on the runner, and add actions/checkout before this step',
          cause: error,
        },
      );
    }
  }

  return {
    async files(pathspecs) {
      const unmatchable = pathspecs.length > 0 ? ['--error-unmatch', '--', ...pathspecs] : [];
      const { stdout, stderr } = await lsFiles('--cached', '--others', '--exclude-standard', ...unmatchable);
      return {
        paths: [...new Set(split(stdout))],
        unmatched: pathspecs.filter((pathspec) => stderr.includes(`pathspec '${pathspec}' did not match`)),
      };
    },
    async ignored(pathspecs) {
      const { stdout } = await lsFiles('--others', '--ignored', '--exclude-standard', '--', ...pathspecs);
      return split(stdout);
    },
  };
}

/** A path that ends with a slash is a repository inside of this one, which git does not look into. */
function split(stdout: string): string[] {
  return stdout.split('\0').filter((path) => path !== '' && !path.endsWith('/'));
}

function refusal({ code, stderr }: Ended, workspace: string): UserError {
  const reason = stderr.trim().split('\n')[0] ?? '';
  if (/not a git repository/i.test(stderr))
    return new UserError(`${workspace} is not a git checkout, so there is nothing to look for lockfiles in.`, {
      hint: 'add a step that uses actions/checkout before this one, without "path:", or name the lockfiles by their paths',
    });
  return new UserError(`git ls-files ended with ${code} in ${workspace}: ${reason}`, {
    hint: 'see whether the checkout is complete: git status',
  });
}
