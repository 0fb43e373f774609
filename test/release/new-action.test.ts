import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyOfProject, git, pnpm } from './copy.ts';

describe('action:new', () => {
  it('writes an action that build, contract, docs, lint, types and release tree find by themselves', () => {
    const root = copyOfProject('new-action');
    pnpm(root, 'install', '--frozen-lockfile');
    expect(pnpm(root, 'action:new', 'check-files')).toContain('\nactions/check-files/src/main.ts\n');

    pnpm(root, 'release:tree');
    const tree = join(root, 'build/release/actions.git');
    expect(git(tree, 'ls-tree', '-r', '--name-only', 'v1', '--', 'check-files').split('\n')).toEqual([
      'check-files/LICENSE',
      'check-files/README.md',
      'check-files/action.yml',
      'check-files/dist/index.js',
      'check-files/dist/licenses.txt',
      'check-files/dist/package.json',
      'check-files/sbom.json',
    ]);
    pnpm(root, 'lint');
    pnpm(root, 'typecheck');
    const tests = [
      'actions/check-files',
      'test/bundle/check-files',
      'test/bundle/every',
      'test/bundle/needs',
      'test/contract',
      'test/walls',
    ];
    execFileSync(join(root, 'node_modules/.bin/vitest'), ['run', ...tests], { cwd: root, stdio: 'pipe' });
    expect(
      git(root, 'status', '--porcelain')
        .split('\n')
        .map((line) => line.split(' ').at(-1)),
    ).toEqual([
      'README.md',
      'pnpm-lock.yaml',
      'tsconfig.json',
      'actions/check-files/',
      'test/bundle/check-files.test.ts',
    ]);
    expect(() => pnpm(root, 'action:new', 'check-files')).toThrow('there is a check-files already: take another name');
    expect(() => pnpm(root, 'action:new', 'CheckFiles')).toThrow('expected words in kebab-case, such as check-files');
  }, 180_000);
});
