import { manualClock, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import type { Git } from '../src/git.ts';
import { main } from '../src/main.ts';
import { familyOf } from '../src/upward.ts';
import { push } from './events.ts';
import { repository } from './repository.ts';

const IMAGE = 'ghcr.io/acme/checkout-service';
const ALL = 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}}';

function run(ref: string, names: readonly string[] | undefined, inputs: Record<string, string> = {}, complete = true) {
  const git: Git = {
    checkout: async () => undefined,
    tags: async () => names && { names, complete },
    commitDate: async () => undefined,
    defaultBranch: async () => undefined,
  };
  return runMain('image-tag', (step) => main(step, manualClock(), git), {
    event: push(ref),
    inputs: { images: IMAGE, tags: ALL, ...inputs },
  });
}

const namesOf = ({ outputs }: Awaited<ReturnType<typeof run>>) => outputs['tag-names']?.split('\n');
const messages = ({ annotations }: Awaited<ReturnType<typeof run>>) =>
  annotations.map(({ level, message }) => `${level}: ${message}`);

describe('floating tags', () => {
  it('T07 v1.9.1 after v2.0.0 moves 1 and 1.9 up, and leaves latest where it is, with the reason', async () => {
    const result = await run('refs/tags/v1.9.1', ['v1.9.0', 'v1.9.1', 'v2.0.0', 'v2.1.0-rc.1', 'nightly']);
    expect(namesOf(result)).toEqual(['1.9.1', '1.9', '1']);
    expect(result.annotations).toEqual([]);
    expect(result.lines.at(-2)?.split(/ {2,}/)).toEqual([
      ...['-', 'flavor latest=auto', 'latest stays with 2.0.0, which is higher than 1.9.1'],
    ]);
  });

  it('T07 v1.8.5 after v1.9.0 leaves 1 and latest, and moves 1.8', async () => {
    const { outputs, lines } = await run('refs/tags/v1.8.5', ['v1.8.4', 'v1.8.5', 'v1.9.0', 'v1.10.0']);
    expect(outputs['tag-names']).toBe('1.8.5\n1.8');
    expect(lines.join('\n')).toContain('1 stays with 1.10.0, which is higher than 1.8.5');
    expect(lines.join('\n')).toContain('latest stays with 1.10.0, which is higher than 1.8.5');
  });

  it.each([
    ['the highest', 'v2.0.0', ['v1.0.0', 'v2.0.0'], ['2.0.0', '2.0', '2', 'latest']],
    ['higher ones are pre-releases', 'v2.0.0', ['v2.0.0', 'v3.0.0-rc.1'], ['2.0.0', '2.0', '2', 'latest']],
    ['higher ones are of another service', 'v2.0.0', ['v2.0.0', 'web/v3.0.0'], ['2.0.0', '2.0', '2', 'latest']],
    ['the first', 'v1.0.0', ['v1.0.0'], ['1.0.0', '1.0', '1', 'latest']],
  ])('T07 %s', async (_, tag, names, tags) => {
    const result = await run(`refs/tags/${tag}`, names);
    expect([namesOf(result), result.annotations]).toEqual([tags, []]);
  });

  it.each([
    ['type=ref,event=tag', ['v1.9.1']],
    ['type=match,pattern=v(\\d+),group=1\ntype=raw,value=fix', ['1', 'fix']],
    ['type=match,pattern=v(.+),group=1', ['1.9.1']],
    ['type=raw,value=latest\ntype=sha', ['sha-266574110acf']],
    ['type=pep440,pattern={{version}}', ['1.9.1']],
    ['type=calver,pattern={{version}}', ['1.9.1']],
  ])('T07 %s does not move latest back either', async (tags, expected) => {
    expect(namesOf(await run('refs/tags/v1.9.1', ['v1.9.1', 'v2.0.0'], { tags }))).toEqual(expected);
  });

  it.each([
    ['type=semver,pattern={{version}},match=v(.+)$', ['1.0.0', 'latest']],
    ['type=match,pattern=v(.+)$,group=1', ['1.0.0', 'latest']],
    ['type=ref,event=tag', ['p1-v1.0.0', 'latest']],
  ])('T07 %s compares no tags of another service', async (tags, expected) => {
    const names = ['p1/v1.0.0', 'p2/v3.0.0', 'v4.0.0', 'p1-v5.0.0'];
    expect(namesOf(await run('refs/tags/p1/v1.0.0', names, { tags }))).toEqual(expected);
    const held = await run('refs/tags/p1/v1.0.0', [...names, 'p1/v1.0.1'], { tags });
    expect(namesOf(held)).toEqual(expected.slice(0, 1));
  });

  it('T07 latest=true does not move it back', async () => {
    const inputs = { tags: 'type=sha', flavor: 'latest=true' };
    expect(namesOf(await run('refs/tags/v1.9.1', ['v1.9.1', 'v2.0.0'], inputs))).toEqual(['sha-266574110acf']);
    expect(namesOf(await run('refs/tags/v2.0.0-rc.1', ['v2.0.0-rc.1', 'v2.0.0'], inputs))).toEqual([
      'sha-266574110acf',
    ]);
    expect(namesOf(await run('refs/heads/main', ['v2.0.0'], inputs))).toEqual(['sha-266574110acf', 'latest']);
  });

  it.each([
    ['no git', undefined, true],
    ['a shallow clone of one tag', ['v1.9.1'], false],
  ])('T07 where nothing can be known they come out, with a warning: %s', async (_, names, complete) => {
    const result = await run('refs/tags/v1.9.1', names, {}, complete);
    expect(namesOf(result)).toEqual(['1.9.1', '1.9', '1', 'latest']);
    expect(messages(result)).toEqual([
      'warning: 1.9, 1, latest may move back: whether a higher version than 1.9.1 was released is not known, since the checkout does not have the git tags.',
    ]);
  });

  it('T07 names the version of the git tag where the first tag is of the commit', async () => {
    const result = await run('refs/tags/v1.9.1', undefined, { tags: 'type=sha', flavor: 'latest=true' });
    expect(messages(result)).toEqual([
      expect.stringContaining('a higher version than 1.9.1 was released is not known'),
    ]);
  });

  it('T07 a git tag that is no version gives latest, with a warning', async () => {
    const result = await run('refs/tags/sometag', ['sometag', 'v2.0.0'], { tags: 'type=ref,event=tag' });
    expect(namesOf(result)).toEqual(['sometag', 'latest']);
    expect(messages(result)).toEqual([
      'warning: latest may move back: the git tag "sometag" has no version that could be compared with those of other tags.',
    ]);
  });

  it('T07 asks the real git', async () => {
    const { folder, git, first } = repository();
    for (const tag of ['v1.9.1', 'v2.0.0']) git('tag', tag);
    const { outputs } = await runMain('image-tag', (step) => main(step, manualClock()), {
      event: push('refs/tags/v1.9.1', first),
      env: { PATH: process.env.PATH ?? '' },
      workspace: folder,
      inputs: { images: IMAGE, tags: ALL },
    });
    expect(outputs['tag-names']).toBe('1.9.1\n1.9\n1');
  });
});

describe('familyOf', () => {
  it.each([
    ['v1.2.3', ''],
    ['1.2.3-rc.1', ''],
    ['p1/v1.0.0', 'p1/'],
    ['svc2-v1.0.0', 'svc2-'],
    ['release7', 'release'],
    ['nightly', 'nightly'],
  ])('%s: %j', (name, family) => {
    expect(familyOf(name)).toBe(family);
  });
});

describe('policy: production', () => {
  const production = (ref: string, inputs: Record<string, string>) =>
    run(ref, ['v1.2.3'], { policy: 'production', ...inputs });

  it('refuses every tag that moves, wherever it came from, and hands out nothing', async () => {
    const result = await production('refs/tags/v1.2.3', { tags: `${ALL}\ntype=raw,value=stable\ntype=sha` });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(messages(result)).toEqual(
      [
        ['1.2', 'type=semver,pattern={{major}}.{{minor}}'],
        ['1', 'type=semver,pattern={{major}}'],
        ['stable', 'type=raw,value=stable'],
        ['latest', 'flavor latest=auto'],
      ].map(
        ([tag, rule]) =>
          `error: "${tag}" of ${rule} names neither a commit nor a whole version, so it will move, and policy: production refuses it.`,
      ),
    );
  });

  it.each([
    ['refs/heads/main', 'type=ref,event=branch'],
    ['refs/heads/main', 'type=edge'],
    ['refs/heads/main', 'type=raw,value=1.2.3'],
    ['refs/tags/v1', 'type=ref,event=tag'],
    ['refs/tags/latest', 'type=ref,event=tag'],
    ['refs/tags/v1.2.3', 'type=match,pattern=v(\\d+),group=1'],
  ])('refuses on %s %s', async (ref, tags) => {
    const { exitCode, outputs } = await production(ref, { tags, flavor: 'latest=false' });
    expect([exitCode, outputs]).toEqual([1, {}]);
  });

  it('refuses latest that flavor asks for', async () => {
    expect((await production('refs/heads/main', { tags: 'type=sha', flavor: 'latest=true' })).exitCode).toBe(1);
    expect((await production('refs/tags/v1.3.0-rc.1', { flavor: 'latest=true' })).exitCode).toBe(1);
  });

  it.each([
    ['refs/heads/main', 'type=sha', 'sha-266574110acf'],
    ['refs/heads/main', 'type=raw,value={{branch}}-{{sha}}', 'main-266574110acf'],
    ['refs/tags/v1.2.3', 'type=semver,pattern={{version}}', '1.2.3'],
    ['refs/tags/v1.2.3', 'type=ref,event=tag', 'v1.2.3'],
    ['refs/tags/v1.2.3-rc.1', 'type=semver,pattern={{major}}', '1.2.3-rc.1'],
    ['refs/tags/2026.01', 'type=calver,pattern={{version}}', '2026.01'],
  ])('takes on %s %s', async (ref, tags, tag) => {
    const { exitCode, outputs } = await production(ref, { tags, flavor: 'latest=false' });
    expect([exitCode, outputs['tag-names']]).toEqual([0, tag]);
  });
});

describe('collisions: hash', () => {
  const branch = (name: string, tags = 'type=ref,event=branch') =>
    run(`refs/heads/${name}`, undefined, { tags, collisions: 'hash' });

  it('T03 feature/a and feature-a are two tags, and only the one that changed has a hash', async () => {
    const [slash, dash] = [await branch('feature/a'), await branch('feature-a')];
    expect(dash.outputs.version).toBe('feature-a');
    expect(slash.outputs.version).toMatch(/^feature-a-[0-9a-f]{8}$/);
    expect(messages(slash)).toEqual([
      `warning: "feature/a" became the tag "${slash.outputs.version}": a tag cannot have all of its characters; its hash tells it from other names.`,
    ]);
  });

  it('T03 keeps the suffix at the end', async () => {
    const { outputs } = await branch('feature/a', 'type=ref,event=branch,suffix=-alpine');
    expect(outputs.version).toMatch(/^feature-a-[0-9a-f]{8}-alpine$/);
  });
});
