import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const ENV = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-01-15T12:00:00Z',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_COMMITTER_DATE: '2026-01-15T12:00:00Z',
};

/** Git as somebody of no particular machine, at one fixed time. */
export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: folder, env: ENV, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A folder that goes with the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'release-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** What a build puts beside the sources; git does not know it. */
export function bundleOf(code: string): Record<string, string> {
  return {
    'actions/greet/dist/index.js': code,
    'actions/greet/dist/lazy/1.js': 'lazy\n',
    'actions/greet/dist/sbom.json': '{}\n',
  };
}

/** A checkout of a house with one action, bundled. */
export function checkout({ version = '1.2.3', committed = true } = {}): string {
  const root = newFolder();
  write(root, {
    'package.json': JSON.stringify({ version }),
    LICENSE: 'licence\n',
    'README.md': '# readme\n',
    'SECURITY.md': '# security\n',
    'CHANGELOG.md': `# Changelog\n\n## ${version}\n\n- It greets.\n`,
    '.gitignore': 'dist/\n',
    'actions/greet/action.yml': 'name: greet\nruns:\n  using: node24\n  main: dist/index.js\n',
    'actions/greet/README.md': '# greet\n',
    'actions/greet/src/index.ts': 'never ships\n',
    ...bundleOf('console.log("hello");\r\n'),
  });
  git(root, 'init', '--quiet', '--initial-branch=main');
  if (committed) {
    git(root, 'add', '.');
    git(root, 'commit', '--quiet', '-m', 'source');
  }
  return root;
}
