import { type ExecFileException, execFile } from 'node:child_process';
import { devNull } from 'node:os';

interface GitOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/**
 * Runs git on a repository of ours. Nobody's configuration takes part (signing, hooks, line endings), so that the same
 * commands give the same objects on every machine. Rejects with git's own words.
 */
export function git(repository: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return run(['--git-dir', repository, '-c', 'safe.directory=*', ...args], {
    ...options,
    env: { ...env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', ...options.env },
  });
}

/** Asks the checkout in `folder` with its owner's configuration; undefined when git has no answer. */
export async function askGit(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(['-c', 'safe.directory=*', ...args], { cwd: folder })).toString('utf8').trim();
  } catch {
    return undefined;
  }
}

/** Runs git in a checkout with its owner's configuration: remotes, credentials. Rejects with git's own words. */
export async function ownGit(folder: string, args: readonly string[]): Promise<string> {
  return text(await run(['-c', 'safe.directory=*', ...args], { cwd: folder }));
}

function run(args: readonly string[], { cwd, env, input }: GitOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      args,
      { cwd, env, encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 },
      (error: ExecFileException | null, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`git ${args.join(' ')}: ${stderr.toString('utf8').trim() || error.message}`));
      },
    );
    // A git that fails does not read its input; what it says on the way out is the better error.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
  });
}

/** Whether the repository has this commit. */
export function has(repository: string, commit: string): Promise<boolean> {
  return git(repository, ['cat-file', '-e', `${commit}^{commit}`]).then(
    () => true,
    () => false,
  );
}

export function text(output: Buffer): string {
  return output.toString('utf8').trim();
}
