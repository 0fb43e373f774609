import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildReleaseTree, checkoutRelease, resolveAction } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { bundleOf, checkout, git, newFolder, write } from './checkout.ts';

const release = (root: string, repository = join(newFolder(), 'actions.git')) => buildReleaseTree({ root, repository });

describe('the release tree', () => {
  it('holds what ships and nothing else, byte for byte', async () => {
    const { repository, tag, commit } = await release(checkout());
    expect(tag).toBe('v1.2.3');
    expect(git(repository, 'ls-tree', '-r', '--name-only', commit).split('\n')).toEqual([
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'greet/LICENSE',
      'greet/README.md',
      'greet/action.yml',
      'greet/dist/index.js',
      'greet/dist/lazy/1.js',
      'greet/sbom.json',
    ]);
    expect(git(repository, 'cat-file', 'blob', `${commit}:greet/dist/index.js`)).toBe('console.log("hello");');
    expect(git(repository, 'cat-file', '-s', `${commit}:greet/dist/index.js`)).toBe('23');
  });

  it('stands on a branch, with an annotated tag and a plain major tag', async () => {
    const { repository, commit } = await release(checkout());
    expect(git(repository, 'rev-parse', 'refs/heads/releases/v1')).toBe(commit);
    expect(git(repository, 'cat-file', '-t', 'v1.2.3')).toBe('tag');
    expect(git(repository, 'rev-parse', 'v1.2.3^{commit}')).toBe(commit);
    expect(git(repository, 'cat-file', '-t', 'v1')).toBe('commit');
    expect(git(repository, 'rev-parse', 'v1')).toBe(commit);
    expect(git(repository, 'fsck', '--strict')).toBe('');
  });

  it('names its source commit and has its date', async () => {
    const root = checkout();
    const { repository, commit } = await release(root);
    expect(git(repository, 'log', '-1', '--format=%(trailers:key=Source-Commit,valueonly)%ct', commit)).toBe(
      `${git(root, 'rev-parse', 'HEAD')}\n${git(root, 'log', '-1', '--format=%ct')}`,
    );
  });

  it('gives the same source the same commit in another directory, and when built twice', async () => {
    const [one, other] = [checkout(), checkout()];
    const first = await release(one);
    expect((await release(other)).commit).toBe(first.commit);
    expect((await release(one, first.repository)).commit).toBe(first.commit);
    const tagObject = git(first.repository, 'rev-parse', 'v1.2.3');
    await release(one, first.repository);
    expect(git(first.repository, 'rev-parse', 'v1.2.3')).toBe(tagObject);
  });

  it('may be asked for by several processes at once', async () => {
    const root = checkout();
    const { repository, commit } = await release(root);
    const again = await Promise.all(Array.from({ length: 8 }, () => release(root, repository)));
    expect(new Set(again.map((tree) => tree.commit))).toEqual(new Set([commit]));
  });

  it('has the previous release and the source commit as parents', async () => {
    const root = checkout();
    const repository = join(root, '.git');
    const first = await release(root, repository);
    expect(git(root, 'log', '-1', '--format=%P', first.commit)).toBe(git(root, 'rev-parse', 'HEAD'));
    write(root, { 'package.json': JSON.stringify({ version: '1.10.0' }), ...bundleOf('changed\n') });
    git(root, 'commit', '--quiet', '--all', '-m', 'next');
    const second = await release(root, repository);
    expect(git(root, 'log', '-1', '--format=%P', second.commit)).toBe(
      `${first.commit} ${git(root, 'rev-parse', 'HEAD')}`,
    );
    expect(git(root, 'diff', '--name-only', 'v1.2.3', 'v1.10.0')).toBe('greet/dist/index.js');
  });

  it('says so when the files are not those of the commit', async () => {
    const root = checkout();
    write(root, { 'README.md': '# edited\n' });
    const { repository, commit } = await release(root);
    expect(git(repository, 'log', '-1', '--format=%B', commit)).toBe(
      `Release v1.2.3\n\nSource-Commit: ${git(root, 'rev-parse', 'HEAD')} (with uncommitted changes)`,
    );
  });

  it('says so when there is no commit yet', async () => {
    const { repository, commit } = await release(checkout({ committed: false }));
    expect(git(repository, 'log', '-1', '--format=%B%ct', commit)).toBe(
      'Release v1.2.3\n\nSource-Commit: none (not built from a commit)\n0',
    );
  });

  it('measures what a consumer downloads', async () => {
    const { repository, commit, bytes } = await release(checkout());
    const archive = execFileSync('git', ['archive', '--format=tar.gz', commit], { cwd: repository });
    expect(bytes).toBe(archive.length);
  });

  it('has the source commit as a parent in any repository, so that its id does not depend on it', async () => {
    const root = checkout();
    const { commit } = await release(root, join(root, '.git'));
    const elsewhere = await release(root);
    expect(elsewhere.commit).toBe(commit);
    expect(git(elsewhere.repository, 'log', '-1', '--format=%P', commit)).toBe(git(root, 'rev-parse', 'HEAD'));
    const shallow = join(newFolder(), 'shallow');
    git(root, 'commit', '--quiet', '--allow-empty', '-m', 'next');
    git(root, 'clone', '--quiet', '--depth=1', `file://${root}`, shallow);
    write(shallow, bundleOf('console.log("hello");\r\n'));
    expect((await release(shallow)).commit).toBe((await release(root)).commit);
  });

  it('says when there is nothing to release', async () => {
    const root = checkout();
    const first = await release(root);
    expect(first.unchanged).toBe(false);
    write(root, { 'package.json': JSON.stringify({ version: '1.2.4' }) });
    git(root, 'commit', '--quiet', '--all', '-m', 'only the version');
    expect(await release(root, first.repository)).toMatchObject({ unchanged: true, previous: first.commit });
  });

  it.each([
    ['dist/.env', 'TOKEN=x\n'],
    ['dist/index.js.map', '{}\n'],
    ['dist/lazy/notes.txt', 'x\n'],
  ])('refuses %s, which is not on the list, and moves nothing', async (path, content) => {
    const root = checkout();
    const { repository, commit } = await release(root);
    write(root, { [`actions/greet/${path}`]: content, 'package.json': JSON.stringify({ version: '1.2.4' }) });
    await expect(release(root, repository)).rejects.toThrow(
      `actions/greet/${path} is not something that ships: scripts, package.json and licenses.txt are`,
    );
    expect(git(repository, 'for-each-ref', '--format=%(refname) %(*objectname)%(objectname)').split('\n')).toEqual([
      `refs/heads/releases/v1 ${commit}`,
      `refs/tags/v1 ${commit}`,
      expect.stringContaining(`refs/tags/v1.2.3 ${commit}`),
    ]);
  });

  it('refuses a link out of the tree, and a file that every action has and this one has not', async () => {
    const root = checkout();
    symlinkSync('/etc/passwd', join(root, 'actions/greet/dist/passwd.js'));
    write(root, { 'actions/other/action.yml': 'name: other\n', 'actions/other/dist/index.js': '' });
    write(root, { 'actions/other/dist/sbom.json': '{}' });
    const said = await release(root).then(String, String);
    expect(said).toContain('actions/greet/dist/passwd.js is not something that ships');
    expect(said).toContain('other/README.md: there is no ');
  });

  it('refuses to be over its budget', async () => {
    const [root, repository] = [checkout(), join(newFolder(), 'actions.git')];
    const { bytes } = await release(root);
    await expect(buildReleaseTree({ root, repository, budget: bytes - 1 })).rejects.toThrow(
      `the release tree is ${bytes} bytes as tar.gz, 1 over its budget of ${bytes - 1}`,
    );
    expect(git(repository, 'for-each-ref')).toBe('');
  });

  it('refuses an action that is not bundled, and a version below 1', async () => {
    const root = checkout();
    write(root, { 'actions/other/action.yml': 'name: other\n' });
    await expect(release(root)).rejects.toThrow('actions/other is not bundled: run "pnpm build"');
    await expect(release(checkout({ version: '0.9.0' }))).rejects.toThrow(
      'package.json: version is "0.9.0"; a release is X.Y.Z, at least 1.0.0',
    );
  });
});

describe('consuming a release', () => {
  it('resolves an action by the major tag, the full tag and the commit to the same files', async () => {
    const { repository, commit } = await release(checkout());
    const folder = newFolder();
    for (const ref of ['v1', 'v1.2.3', commit]) {
      const action = await resolveAction(repository, 'greet', ref, folder);
      expect(action).toEqual({ path: join(folder, commit, 'greet'), commit });
      expect(readFileSync(join(action.path, 'dist', 'index.js'), 'utf8')).toBe('console.log("hello");\r\n');
    }
    expect(readdirSync(folder)).toEqual([commit]);
  });

  it('may be asked by several jobs at once', async () => {
    const { repository, commit } = await release(checkout());
    const folder = newFolder();
    await Promise.all(Array.from({ length: 8 }, () => resolveAction(repository, 'greet', 'v1', folder)));
    expect(readdirSync(folder)).toEqual([commit]);
  });

  it('checks out the whole tree and nothing of git', async () => {
    const { repository, commit } = await release(checkout());
    const folder = join(newFolder(), 'new');
    expect(await checkoutRelease(repository, 'v1', folder)).toBe(commit);
    expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'README.md', 'SECURITY.md', 'greet']);
  });

  it('names what there is when a ref or an action is not there', async () => {
    const { repository } = await release(checkout());
    await expect(resolveAction(repository, 'greet', 'v2', newFolder())).rejects.toThrow(
      'There is no release "v2": the tags are v1, v1.2.3.',
    );
    await expect(resolveAction(repository, 'great', 'v1', newFolder())).rejects.toThrow(
      'There is no action "great" at v1: the actions there are greet.',
    );
  });
});
