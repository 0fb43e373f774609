import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRelease, moveMajorTag, rollback } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { git, write } from './checkout.ts';
import { house, rebuild } from './remote.ts';

describe('a release', () => {
  it('is a commit on the release branch, an annotated tag on it, and the major tag', async () => {
    const { root, origin, publish, refs } = house();
    const { commit, bytes } = await publish('1.0.0');
    expect(refs().split('\n')).toEqual([
      `refs/heads/main ${git(root, 'rev-parse', 'HEAD')}`,
      `refs/heads/releases/v1 ${commit}`,
      `refs/tags/v1 ${commit}`,
      expect.stringMatching(/^refs\/tags\/v1\.0\.0 [0-9a-f]{40}$/),
    ]);
    expect(git(origin, 'cat-file', '-t', 'v1.0.0')).toBe('tag');
    expect(git(origin, 'rev-parse', 'v1.0.0^{commit}')).toBe(commit);
    expect(git(origin, 'fsck', '--strict')).toBe('');
    expect(bytes).toBeLessThan(1_000);
    expect(git(root, 'for-each-ref', 'refs/tags')).toBe('');
    git(root, 'fetch', '--quiet', '--tags', 'origin');
    await checkRelease({ repository: join(root, '.git'), tag: 'v1.0.0', rebuild });
  });

  it('does not ship what lies around in the checkout', async () => {
    const { root, origin, publish } = house();
    writeFileSync(join(root, 'actions/greet/dist/index.js'), 'edited by hand\n');
    await publish('1.0.0');
    expect(git(origin, 'cat-file', 'blob', 'v1.0.0:greet/dist/index.js')).toBe('never ships');
  });

  it('follows the one before it, and the diff between them is what ships', async () => {
    const { origin, publish, next } = house();
    const first = await publish('1.0.0');
    next('1.1.0', { 'actions/greet/src/index.ts': 'changed\n', 'docs/notes.md': 'not shipped\n' });
    const second = await publish('1.1.0');
    expect(git(origin, 'log', '--first-parent', '--format=%H', 'releases/v1', '^main')).toBe(
      `${second.commit}\n${first.commit}`,
    );
    expect(git(origin, 'diff', '--name-only', 'v1.0.0', 'v1.1.0')).toBe('greet/dist/index.js');
    expect(git(origin, 'rev-parse', 'v1')).toBe(second.commit);
    expect(git(origin, 'rev-parse', 'v1.0.0^{commit}')).toBe(first.commit);
  });

  it('begins a branch and a major tag of its own with a major version', async () => {
    const { origin, publish, next } = house();
    const first = await publish('1.0.0');
    next('2.0.0', {
      'actions/greet/action.yml': 'name: greet\nruns:\n  using: node26\n  main: dist/index.js\n',
    });
    const second = await publish('2.0.0');
    expect(git(origin, 'rev-parse', 'v1', 'v2', 'releases/v1', 'releases/v2').split('\n')).toEqual([
      first.commit,
      second.commit,
      first.commit,
      second.commit,
    ]);
    next('1.0.1', {
      'actions/greet/action.yml': 'name: greet\nruns:\n  using: node24\n  main: dist/index.js\n',
      'actions/greet/src/index.ts': 'fixed\n',
    });
    expect((await publish('1.0.1')).previous).toBe(first.commit);
  });

  it('prints every command in a dry run and changes nothing', async () => {
    const { told, publish, refs } = house();
    const before = refs();
    const { commit } = await publish('1.0.0', { dryRun: true });
    expect(refs()).toBe(before);
    expect(told).toEqual([
      'git ls-remote origin',
      expect.stringMatching(`^v1.0.0 {2}commit ${commit} {2}tree [0-9a-f]{40} {2}1 KB as tar.gz$`),
      expect.stringMatching(
        `^git push --quiet --no-follow-tags --atomic origin ${commit}:refs/heads/releases/v1 [0-9a-f]{40}:refs/tags/v1.0.0$`,
      ),
      `git push --quiet --no-follow-tags --atomic --force-with-lease=refs/tags/v1: origin ${commit}:refs/tags/v1`,
      'This was a dry run: nothing was pushed.',
    ]);
    expect((await publish('1.0.0')).commit).toBe(commit);
  });
});

describe('a release that fails', () => {
  it.each(['refs/heads/releases/v1', 'refs/tags/v1.1.0', 'refs/tags/v1'])(
    'leaves nothing moved when the remote refuses %s',
    async (ref) => {
      const { publish, next, refuse, refs } = house();
      await publish('1.0.0');
      next('1.1.0');
      const before = refs();
      refuse(ref);
      await expect(publish('1.1.0')).rejects.toThrow(`no ${ref} today`);
      expect(refs()).toBe(before);
    },
  );

  it('says what stands where when it cannot be taken back', async () => {
    const { origin, publish } = house();
    const hook = '#!/bin/sh\ncase "$1 $3" in "refs/tags/v1 "*|*" 000000"*) exit 1;; esac\n';
    writeFileSync(join(origin, 'hooks', 'update'), hook, { mode: 0o755 });
    await expect(publish('1.0.0')).rejects.toThrow(/: v1\.0\.0 is out, v1 is what it was$/);
  });
});

describe('a release is refused', () => {
  it('W06 when it would move a published tag', async () => {
    const { publish, next, refs } = house();
    await publish('1.0.0');
    next('1.0.0');
    const before = refs();
    await expect(publish('1.0.0')).rejects.toThrow(
      'v1.0.0 is not released:\n  v1.0.0 is published at origin, and a published tag is never moved: take the next version',
    );
    expect(refs()).toBe(before);
  });

  it('with all that is wrong at once', async () => {
    const { root, publish, refs } = house();
    const before = refs();
    git(root, 'checkout', '--quiet', '-b', 'topic');
    git(root, 'commit', '--quiet', '--allow-empty', '-m', 'more');
    write(root, {
      'README.md': 'edited\n',
      'actions/greet/README.md': '- uses: house/bundle/greet@<commit of v1.0.0> # v1.0.0\n',
    });
    const said = await publish('1.2.0').then(String, String);
    expect(said).toContain('\n  the checkout is on topic: releases are made from main');
    expect(said).toContain('\n  the checkout has changes that are not committed:\n M README.md'.replace(' M', 'M'));
    expect(said).toContain(`\n  HEAD is ${git(root, 'rev-parse', 'HEAD')} and main at origin is `);
    expect(said).toContain('\n  package.json has version "1.0.0": set it to "1.2.0" in the commit that is released');
    expect(said).toContain('\n  CHANGELOG.md says nothing under "## 1.2.0"');
    expect(said).toContain(
      '\n  actions/greet/README.md: the version to pin is not v1.2.0: run "npx -y pnpm@12 docs:write" and commit it',
    );
    expect(refs()).toBe(before);
  });

  it('when nothing that ships has changed', async () => {
    const { publish, next } = house();
    await publish('1.0.0');
    next('1.0.1', { 'docs/notes.md': 'not shipped\n' });
    await expect(publish('1.0.1')).rejects.toThrow('nothing to release: v1.0.1 would ship the same as v1.0.0');
    const readme = (version: string) => `# greet\n\n- uses: house/bundle/greet@<commit of v${version}> # v${version}\n`;
    next('1.0.2', { 'actions/greet/README.md': readme('1.0.2') });
    await publish('1.0.2');
    next('1.0.3', { 'actions/greet/README.md': readme('1.0.3') });
    await expect(publish('1.0.3')).rejects.toThrow('nothing to release: v1.0.3 would ship the same as v1.0.2');
    next('1.0.4', { 'actions/greet/README.md': `${readme('1.0.4')}more\n` });
    await publish('1.0.4');
  });

  it('when the runtime changes and the major version does not', async () => {
    const { publish, next } = house();
    await publish('1.0.0');
    next('1.1.0', { 'actions/greet/action.yml': 'name: greet\nruns:\n  using: node26\n  main: dist/index.js\n' });
    await expect(publish('1.1.0')).rejects.toThrow(
      'greet goes from node24 to node26: another runtime is a new major version',
    );
  });

  it.each([
    ['1.0.0', '0.9.0', '"0.9.0" is not a version: a release is X.Y.Z, at least 1.0.0'],
    ['1.1.0', '1.0.5', 'v1.0.5 is older than v1.1.0, which is published'],
    ['1.0.0', '3.0.0', 'v3.0.0 does not follow v1.0.0: the next major version is 2.0.0'],
    ['1.0.0', '2.1.0', 'v2.1.0 does not follow v1.0.0: the next major version is 2.0.0'],
  ])('when after %s comes %s', async (first, second, message) => {
    const { publish, next } = house(first);
    await publish(first);
    next(second);
    await expect(publish(second)).rejects.toThrow(message);
  });

  it('W06 when the release branch is not what was released, or a branch has the name of the major tag', async () => {
    const { root, publish, next } = house();
    await publish('1.0.0');
    next('1.1.0');
    git(root, 'push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/releases/v1', 'HEAD:refs/heads/v1');
    const said = await publish('1.1.0').then(String, String);
    expect(said).toContain(`refs/heads/releases/v1 at origin is ${git(root, 'rev-parse', 'HEAD')} and not v1.0.0`);
    expect(said).toContain('origin has a branch called v1');
  });
});

describe('the major tag', () => {
  it('stays when a release is held, and goes to it afterwards', async () => {
    const { root, origin, told, publish, next } = house();
    const first = await publish('1.0.0');
    next('1.1.0');
    const second = await publish('1.1.0', { hold: true });
    expect(git(origin, 'rev-parse', 'v1')).toBe(first.commit);
    expect(told.at(-1)).toBe('v1.1.0 is out and v1 has not moved: "pnpm release:move 1.1.0" does that.');
    await moveMajorTag('1.1.0', { root, tell: () => {} });
    expect(git(origin, 'rev-parse', 'v1')).toBe(second.commit);
  });

  it('W06 goes back, and no other tag moves', async () => {
    const { root, origin, refs, publish, next } = house();
    const first = await publish('1.0.0');
    next('1.0.1');
    await publish('1.0.1');
    next('1.0.2');
    const third = await publish('1.0.2');
    const before = refs();
    const told: string[] = [];
    const options = { root, tell: (line: string) => void told.push(line) };
    await rollback('v1', '1.0.0', { ...options, dryRun: true });
    expect(refs()).toBe(before);
    await rollback('v1', '1.0.0', options);
    expect(refs()).toBe(before.replace(`refs/tags/v1 ${third.commit}`, `refs/tags/v1 ${first.commit}`));
    expect(told.at(-1)).toBe('v1 stands for v1.0.0. No other tag has moved.');
    await expect(rollback('v1', undefined, options)).rejects.toThrow('v1.0.0 is the first release of v1');
    await moveMajorTag('1.0.2', options);
    await rollback('v1', undefined, options);
    expect(git(origin, 'rev-parse', 'v1')).toBe(git(origin, 'rev-parse', 'v1.0.1^{commit}'));
    await expect(rollback('v1', '1.0.2', options)).rejects.toThrow('v1 stands for v1.0.1: v1.0.2 is not before it');
  });

  it('W06 does not go to a tag that is not on the release branch', async () => {
    const { root, publish, refs } = house();
    await publish('1.0.0');
    git(root, 'push', '--quiet', 'origin', 'HEAD:refs/tags/v1.0.1');
    const before = refs();
    const moved = moveMajorTag('1.0.1', { root, tell: () => {} });
    await expect(moved).rejects.toThrow('which is not on refs/heads/releases/v1: it was not released from here');
    await expect(moveMajorTag('1.0.7', { root, tell: () => {} })).rejects.toThrow(
      'there is no release v1.0.7 at origin',
    );
    expect(refs()).toBe(before);
  });
});
