import { join } from 'node:path';
import { buildReleaseTree, checkRelease } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { bundleOf, checkout, git, newFolder, write } from './checkout.ts';

const BUNDLE = 'console.log("hello");\r\n';

/** What the source commit's own build does, in the house of one action. */
async function rebuild(root: string): Promise<string> {
  write(root, bundleOf(BUNDLE));
  return (await buildReleaseTree({ root, repository: join(newFolder(), 'rebuilt.git') })).repository;
}

async function released(): Promise<{ root: string; repository: string; commit: string }> {
  const root = checkout();
  const repository = join(root, '.git');
  return { root, ...(await buildReleaseTree({ root, repository })) };
}

/** Moves the tag to a commit that differs from the release in one file and says the same about itself. */
function tamper(root: string, tag: string, files: Readonly<Record<string, string>>): void {
  const place = join(newFolder(), 'tampered');
  git(root, 'worktree', 'add', '--quiet', '--detach', place, tag);
  write(place, files);
  git(place, 'add', '--force', '.');
  git(place, 'commit', '--quiet', '--amend', '--no-edit');
  git(root, 'tag', '--force', '--annotate', '-m', tag, tag, git(place, 'rev-parse', 'HEAD'));
}

const check = (repository: string, tag = 'v1.2.3') => checkRelease({ repository, tag, rebuild });

describe('checking a published release', () => {
  it('is content with what its source commit gives', async () => {
    const { root, repository, commit } = await released();
    expect(await check(repository)).toEqual({ commit, source: git(root, 'rev-parse', 'HEAD'), main: 'main' });
  });

  it('W06 refuses a source that was never on main, and says when it cannot know', async () => {
    const root = checkout();
    const repository = join(root, '.git');
    git(root, 'checkout', '--quiet', '-b', 'nobody-looked');
    git(root, 'commit', '--quiet', '--allow-empty', '-m', 'more');
    await buildReleaseTree({ root, repository });
    const source = git(root, 'rev-parse', 'HEAD');
    await expect(check(repository)).rejects.toThrow(`v1.2.3 comes from ${source}, which is not on main`);
    git(root, 'branch', '--quiet', '-D', 'main');
    expect(await check(repository)).toMatchObject({ source, main: undefined });
    git(root, 'update-ref', 'refs/remotes/origin/main', source);
    expect(await check(repository)).toMatchObject({ source, main: 'origin/main' });
  });

  it('is content when main has moved on, and with a release that is not the first', async () => {
    const { root, repository } = await released();
    write(root, { 'package.json': JSON.stringify({ version: '1.3.0' }), 'README.md': '# more\n' });
    git(root, 'commit', '--quiet', '--all', '-m', 'next');
    await buildReleaseTree({ root, repository });
    await check(repository, 'v1.3.0');
    await check(repository);
  });

  it('W06 names a bundle that was tampered with', async () => {
    const { root, repository } = await released();
    tamper(root, 'v1.2.3', { 'greet/dist/index.js': `${BUNDLE}fetch("https://evil.example");\n` });
    const said = await check(repository).then(String, String);
    expect(said).toContain(`v1.2.3 is not what ${git(root, 'rev-parse', 'main')} gives. Do not use it:\n`);
    expect(said).toContain('\n  greet/dist/index.js differs from what the source gives');
    expect(said).not.toContain('lazy/1.js');
  });

  it('W06 names a file that was smuggled in, and one that is missing', async () => {
    const { root, repository } = await released();
    tamper(root, 'v1.2.3', { 'greet/dist/evil.js': 'x\n', 'other/post.sh': 'x\n' });
    const said = await check(repository).then(String, String);
    expect(said).toContain('\n  greet/dist/evil.js was published and is not built from the source');
    expect(said).toContain('\n  other/post.sh is not something that ships');
  });

  it('refuses a release that does not come from a commit that can be had', async () => {
    const { root, repository } = await released();
    await expect(check(repository, 'v9.9.9')).rejects.toThrow('there is no release "v9.9.9"');
    write(root, { 'README.md': '# edited\n', 'package.json': JSON.stringify({ version: '1.2.4' }) });
    await buildReleaseTree({ root, repository });
    await expect(check(repository, 'v1.2.4')).rejects.toThrow(
      'v1.2.4 does not come from a commit: its Source-Commit is',
    );
  });
});
