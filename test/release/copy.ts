import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '@delivery-actions/release';
import { onTestFinished } from 'vitest';

const TIME = '2026-01-15T12:00:00Z';
const WHO = { NAME: 'Ada', EMAIL: 'ada@example.com', DATE: TIME };

/** Git as somebody of no particular machine, at one fixed time. */
export function git(folder: string, ...args: readonly string[]): string {
  const identity = Object.entries(WHO).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]);
  const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', ...Object.fromEntries(identity) };
  return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A folder that goes with the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The sources of this project as they are now, committed in a repository of their own on main. Nothing is installed. */
export function copyOfProject(name = 'copy'): string {
  const root = join(newFolder(), name);
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const path of listed.toString('utf8').split('\0')) {
    if (path === '' || !existsSync(join(ROOT, path))) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(join(ROOT, path), join(root, path));
  }
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '-m', 'Source');
  return root;
}

/** Runs pnpm there as a newcomer does; answers what it printed. */
export function pnpm(root: string, ...args: readonly string[]): string {
  const line = `npx -y pnpm@12 ${args.join(' ')}`;
  // A pnpm that runs this very test tells those below it, through the environment, not to install.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/verify_deps_before_run$/i.test(name)),
  );
  const { status, stdout, stderr } = spawnSync(line, { cwd: root, encoding: 'utf8', shell: true, env });
  if (status !== 0) throw new Error(`${line} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}
