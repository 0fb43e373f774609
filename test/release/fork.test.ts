import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { copyOfProject, git, pnpm } from './copy.ts';

describe('a fork under another name', () => {
  it('is one command, after which its own tests agree', () => {
    const root = copyOfProject('fork');
    pnpm(root, 'install', '--frozen-lockfile');
    expect(pnpm(root, 'release', '--repository', 'fork-of-it/delivery')).toContain('say fork-of-it/delivery now');
    const left = spawnSync('git', ['grep', '-lE', 'org(\\\\?)/actions'], { cwd: root, encoding: 'utf8' }).stdout;
    expect(left.trim()).toBe('');
    expect(git(root, 'grep', '-h', 'uses: fork-of-it/delivery/', '--', 'workflows-templates')).toContain(
      'uses: fork-of-it/delivery/image-tag@v1',
    );
    const tests = ['test/contract', 'test/templates'];
    execFileSync('node_modules/.bin/vitest', ['run', ...tests], { cwd: root, stdio: 'pipe' });
  }, 120_000);
});
