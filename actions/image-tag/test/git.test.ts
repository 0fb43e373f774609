import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitCheckout } from '../src/git.ts';
import { repository } from './repository.ts';

const gitIn = (workspace: string, env = {}) =>
  gitCheckout({
    workspace,
    env: { PATH: process.env.PATH, ...env },
    signal: new AbortController().signal,
    debug: () => {},
  });

describe('gitCheckout', () => {
  it('knows nothing where nothing is checked out', async () => {
    const git = gitIn(mkdtempSync(join(tmpdir(), 'image-tag-empty-')));
    expect([await git.checkout(), await git.tags(), await git.commitDate('HEAD'), await git.defaultBranch()]).toEqual([
      ...[undefined, undefined, undefined, undefined],
    ]);
  });

  it('knows the commit, its branch, when it was made, and the tags', async () => {
    const { folder, git, first } = repository();
    git('tag', 'v1.0.0');
    expect(await gitIn(folder).checkout()).toEqual({ commit: first, ref: 'refs/heads/main', changed: [] });
    expect(await gitIn(folder).commitDate(first)).toEqual(new Date('2026-01-14T23:30:00Z'));
    expect(await gitIn(folder).tags()).toEqual({ names: ['v1.0.0'], complete: true });
    expect(await gitIn(folder).defaultBranch()).toBeUndefined();
  });

  it('knows the tag, or the branch of the remote, that HEAD is detached at', async () => {
    const { folder, git, first } = repository();
    git('checkout', '--quiet', '--detach');
    git('branch', '--quiet', '-D', 'main');
    expect(await gitIn(folder).checkout()).toEqual({ commit: first, ref: '', changed: [] });
    git('update-ref', 'refs/remotes/origin/feature/a', first);
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/feature/a');
    expect((await gitIn(folder).checkout())?.ref).toBe('refs/heads/feature/a');
    expect(await gitIn(folder).defaultBranch()).toBe('feature/a');
    git('tag', 'v1.0.0');
    expect((await gitIn(folder).checkout())?.ref).toBe('refs/tags/v1.0.0');
  });

  it('knows the pull request that HEAD is detached at, as actions/checkout leaves it', async () => {
    const { folder, git, first } = repository();
    git('update-ref', 'refs/remotes/pull/15/merge', first);
    git('checkout', '--quiet', 'refs/remotes/pull/15/merge');
    expect((await gitIn(folder).checkout())?.ref).toBe('refs/pull/15/merge');
  });

  it('prefers the ref of the run to others at the same commit, then the longest tag, then origin', async () => {
    const { folder, git, first } = repository();
    git('checkout', '--quiet', '--detach');
    const asked = (ref: string) => gitIn(folder, { GITHUB_REF: ref }).checkout();
    for (const name of ['remotes/fork/a', 'remotes/origin/b', 'remotes/origin/c'])
      git('update-ref', `refs/${name}`, first);
    expect((await asked('refs/heads/x'))?.ref).toBe('refs/heads/b');
    expect((await asked('refs/heads/c'))?.ref).toBe('refs/heads/c');
    for (const tag of ['v1', 'v1.2.3', 'v1.2']) git('tag', tag);
    expect((await asked('refs/heads/x'))?.ref).toBe('refs/tags/v1.2.3');
    expect((await asked('refs/tags/v1.2'))?.ref).toBe('refs/tags/v1.2');
  });

  it('T16 names the tracked files that differ, renamed ones too, and no others', async () => {
    const { folder, git, write, commit } = repository();
    write('a file', 'text\n');
    commit('second');
    write('Dockerfile', 'FROM debian\n');
    write('untracked', '');
    git('mv', 'a file', 'another file');
    expect((await gitIn(folder).checkout())?.changed).toEqual(['Dockerfile', 'another file']);
  });

  it('knows packed tags, tags with the name of a branch, and those of a worktree', async () => {
    const { folder, git, first } = repository();
    for (const tag of ['v1.0.0', 'main', 'web/v2']) git('tag', tag);
    git('tag', '--annotate', '--message=x', 'v1.1.0');
    git('pack-refs', '--all');
    const worktree = join(mkdtempSync(join(tmpdir(), 'image-tag-worktree-')), 'tree');
    git('worktree', 'add', '--quiet', '--detach', worktree);
    for (const place of [folder, worktree]) {
      expect(await gitIn(place).tags()).toEqual({ names: ['main', 'v1.0.0', 'v1.1.0', 'web/v2'], complete: true });
      expect((await gitIn(place).checkout())?.commit).toBe(first);
    }
    expect((await gitIn(folder).checkout())?.ref).toBe('refs/heads/main');
  });

  it('is asked once about a checkout of the workflow, and once about all tags', async () => {
    const { folder, git, first } = repository();
    git('tag', 'v1.0.0');
    git('checkout', '--quiet', '--detach');
    const asked: string[] = [];
    const counting = gitCheckout({
      ...{ workspace: folder, env: { PATH: process.env.PATH }, signal: new AbortController().signal },
      debug: (text) => asked.push(text.split(' ')[1] ?? ''),
    });
    expect(await counting.checkout({ ref: false })).toEqual({ commit: first, ref: '', changed: [] });
    await counting.tags();
    expect(asked).toEqual(['status', 'rev-parse']);
    expect((await counting.checkout())?.ref).toBe('refs/tags/v1.0.0');
  });

  it('knows that a shallow clone may lack tags', async () => {
    const { folder, git } = repository();
    const clone = mkdtempSync(join(tmpdir(), 'image-tag-clone-'));
    git('commit', '--quiet', '--allow-empty', '--message', 'second');
    git('clone', '--quiet', '--depth=1', `file://${folder}`, clone);
    expect(await gitIn(clone).tags()).toEqual({ names: [], complete: false });
  });
});
