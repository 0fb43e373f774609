import { type Circumstances, manualClock, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import type { Git } from '../src/git.ts';
import { main } from '../src/main.ts';
import { mergeGroup, pullRequest, push } from './events.ts';

const IMAGE = 'ghcr.io/acme/checkout-service';
const git: Git = {
  checkout: async () => undefined,
  tags: async () => undefined,
  commitDate: async () => new Date('2026-01-14T23:30:00Z'),
  defaultBranch: async () => undefined,
};

/** Tag names, or the messages of a run that failed. */
async function tagsOf(event: NonNullable<Circumstances['event']>, tags: string, flavor = '') {
  const { exitCode, outputs, annotations } = await runMain('image-tag', (step) => main(step, manualClock(), git), {
    event,
    inputs: { images: IMAGE, tags, flavor },
  });
  return exitCode === 0
    ? outputs.tags?.split('\n').map((tag) => tag.slice(IMAGE.length + 1))
    : annotations.filter(({ level }) => level === 'error').map(({ message }) => message);
}

describe('rules', () => {
  it.each([
    ['T13 build metadata', 'v1.2.3+build.5', 'type=semver,pattern={{raw}}', ['v1.2.3', 'latest']],
    ['two parts', 'v0.29', 'type=semver,pattern={{version}},loose=true', ['0.29', 'latest']],
    ['a calendar version', '2026.01.15', 'type=calver,pattern={{version}}', ['2026.01.15', 'latest']],
    ['its year and month', '2026.01.15', 'type=calver,pattern={{major}}.{{minor}}', ['2026.01', 'latest']],
    ['a pre-release is whole', 'v2.0.0-rc.1', 'type=semver,pattern={{major}}', ['2.0.0-rc.1']],
    ['T14 a comma in a pattern', 'release12', String.raw`type=match,pattern=^release\d{1,2}$`, ['release12', 'latest']],
    ['a group', 'svc/v1.2.3', String.raw`type=match,pattern=/^SVC\/v(.+)$/i,group=1`, ['1.2.3', 'latest']],
    ['a date', 'v1.0.0', "type=raw,value={{commit_date 'YYYYMMDD' tz='Europe/Berlin'}}", ['20260115']],
    ['created', 'v1.0.0', "type=raw,value=made-{{created 'YYYY'}}", ['made-2026']],
    ['a block for a tag', 'v1', 'type=raw,value={{#if tag}}{{tag}}-x{{else}}{{branch}}{{/if}}', ['v1-x']],
    ['a block for no branch', 'v1', 'type=raw,value={{#unless branch}}no{{/unless}}{{#if branch}}one{{/if}}', ['no']],
    ['blocks in a block', 'v1', 'type=raw,value={{#if tag}}a{{#if branch}}b{{else}}c{{/if}}{{/if}}', ['ac']],
    ['a false answer', 'v1', 'type=raw,value={{#if is_default_branch}}a{{else}}b{{/if}}', ['b']],
    ['a block in enable', 'v1', 'type=raw,value=x,enable={{#if tag}}true{{else}}false{{/if}}', ['x']],
    ['a comment', 'v1', 'type=raw,value=a{{! for nobody }}b', ['ab']],
    ['a part there may be', 'v1.2', 'type=semver,loose=true,pattern={{major}}{{#if patch}}p{{/if}}', ['1', 'latest']],
    ['a date without a format', 'v1', "type=raw,value={{date ''}}", ['2026-01-15T12-00-00Z']],
    ['an underscore', 'v1', 'type=raw,value=_,prefix=dev-', ['dev-_']],
    ['a pattern that is empty', 'v1.0.0', 'type=semver,pattern={{branch}},prefix=x\ntype=sha', ['sha-266574110acf']],
  ])('%s', async (_, tag, rule, tags) => {
    expect(await tagsOf(push(`refs/tags/${tag}`), rule)).toEqual(tags);
  });

  it('T13 build metadata is told of: another build would get the same tags', async () => {
    const { annotations } = await runMain('image-tag', (step) => main(step, manualClock(), git), {
      event: push('refs/tags/v1.2.3+build.5'),
      inputs: { images: IMAGE, tags: 'type=semver,pattern={{version}}' },
    });
    expect(annotations.map(({ level, message }) => `${level}: ${message}`)).toContain(
      'warning: No tag can have the build metadata build.5 of v1.2.3+build.5: another build of 1.2.3 would get the same tags.',
    );
  });

  it('does not escape expressions', async () => {
    expect(await tagsOf(push('refs/heads/a&b<c'), 'type=raw,value={{branch}}')).toEqual(['a-b-c']);
  });

  it('T17 a merge group knows its base', async () => {
    expect(await tagsOf(mergeGroup, 'type=raw,value=to-{{base_ref}}')).toEqual(['to-main']);
    expect(await tagsOf(pullRequest, 'type=raw,value=to-{{base_ref}}-{{sha}}')).toEqual(['to-main-3370e228f220']);
  });

  it('says why a rule gave no tag', async () => {
    const { lines } = await runMain('image-tag', (step) => main(step, manualClock(), git), {
      event: push('refs/tags/v0.29'),
      inputs: {
        images: IMAGE,
        tags: [
          'type=schedule',
          'type=semver,pattern={{version}}',
          'type=semver,pattern={{patch}},loose=true',
          'type=semver,pattern={{version}},match=^x',
          'type=match,pattern=(\\d+),group=2',
          'type=edge',
          'type=raw,value={{branch}}',
          'type=raw,value=main,enable={{is_default_branch}}',
          'type=sha',
        ].join('\n'),
      },
    });
    expect(lines.slice(0, -2).map((line) => line.split(/ {2,}/))).toEqual([
      ['-', 'type=schedule', 'the event is push, not schedule'],
      ['-', 'type=semver,pattern={{version}}', '"v0.29" is not a version of semver: loose=true takes it'],
      ['-', 'type=semver,pattern={{patch}},loose=true', '"v0.29" has no part for {{patch}}'],
      ['-', 'type=semver,pattern={{version}},match=^x', '"v0.29" does not match /^x/'],
      ['-', 'type=match,pattern=(\\d+),group=2', '/(\\d+)/ has no group 2 in "v0.29"'],
      ['-', 'type=edge', 'the run is for tag "v0.29", not for branch "main"'],
      ['-', 'type=raw,value={{branch}}', '{{branch}} is empty'],
      ['-', 'type=raw,value=main,enable={{is_default_branch}}', 'enable={{is_default_branch}} is false'],
    ]);
  });

  it('an enable that is neither true nor false fails', async () => {
    expect(await tagsOf(push('refs/heads/main'), 'type=sha,enable={{branch}}')).toEqual([
      'type=sha,enable={{branch}} has enable={{branch}}, which gives "main": expected true or false.',
    ]);
  });

  it("T15 what neither the event nor git says is an error that names it, not a call to GitHub's API", async () => {
    const event = { name: 'repository_dispatch', ref: 'refs/heads/main', sha: 'a'.repeat(40), payload: {} };
    expect(await tagsOf(event, 'type=sha')).toEqual(['sha-aaaaaaaaaaaa']);
    expect(await tagsOf(event, 'type=sha,enable={{is_default_branch}}')).toEqual([
      '{{is_default_branch}} is not known: the event does not say which branch is the default one.',
    ]);
  });

  it('flavor: a prefix for all, a latest that is asked for or refused', async () => {
    const event = push('refs/heads/main');
    expect(await tagsOf(event, 'type=ref,event=branch\ntype=sha', 'prefix=x-,onlatest=true\nlatest=true')).toEqual([
      'x-main',
      'sha-266574110acf',
      'x-latest',
    ]);
    expect(await tagsOf(push('refs/tags/v1.0.0'), 'type=semver,pattern={{version}}', 'latest=false')).toEqual([
      '1.0.0',
    ]);
    expect(await tagsOf(event, 'type=sha', 'latst=true')).toEqual([
      'Input "flavor", line 1: latst=true is not an attribute of flavor: expected latest, prefix, suffix or onlatest.',
    ]);
  });

  it('a schedule whose pattern is empty gives no tag', async () => {
    const event = { ...push('refs/heads/main'), name: 'schedule' };
    expect(await tagsOf(event, 'type=schedule,pattern={{tag}},prefix=x\ntype=sha')).toEqual(['sha-266574110acf']);
  });

  it('flavor: a line may be in quotes, and onlatest stays with the next prefix', async () => {
    const event = push('refs/heads/main');
    expect(await tagsOf(event, 'v', '"prefix=q-,onlatest=true"\nlatest=true')).toEqual(['q-v', 'q-latest']);
    expect(await tagsOf(event, 'v', 'suffix=-q,onlatest=true\nlatest=true,suffix=-r')).toEqual(['v-r', 'latest-r']);
  });

  it('outputs: what separates them may be white space, and labels are sorted without regard to case', async () => {
    const { outputs } = await runMain('image-tag', (step) => main(step, manualClock(), git), {
      event: push('refs/heads/main'),
      inputs: {
        images: `"name=${IMAGE},enable=true"`,
        tags: 'a\nb',
        ...{ 'sep-tags': ' ', 'sep-labels': '\t', 'sep-annotations': ', ' },
        labels: `"a=1, 2"\n{{branch}}-{{date 'YYYY' tz='UTC'}}=key\n{{tag}}=nothing\nZ=z`,
      },
    });
    expect(outputs.tags).toBe(`${IMAGE}:a ${IMAGE}:b`);
    expect(outputs['tag-names']).toBe('a b');
    expect(outputs.labels?.split('\t').filter((line) => !line.startsWith('org.'))).toEqual([
      'a=1, 2',
      'main-2026=key',
      'Z=z',
    ]);
    expect(outputs.annotations).toMatch(/^manifest:\S+, manifest:/);
  });

  it('images: one that is not enabled is left out, and none is an error', async () => {
    const run = (images: string) =>
      runMain('image-tag', (step) => main(step, manualClock(), git), {
        event: push('refs/heads/main'),
        inputs: { images },
      });
    expect((await run(`${IMAGE}\nname=example.com/x,enable=false`)).outputs.tags).toBe(`${IMAGE}:sha-266574110acf`);
    expect((await run('name=example.com/x,enable=false')).annotations.map(({ message }) => message)).toEqual([
      'Every image has enable=false, so there is nothing to tag.',
    ]);
  });
});
