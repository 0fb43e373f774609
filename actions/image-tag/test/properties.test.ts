import { hash } from 'node:crypto';
import { isTag } from '@delivery-actions/oci';
import { manualClock, runMain } from '@delivery-actions/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flavorOf, parseFlavor } from '../src/flavor.ts';
import type { GitRef } from '../src/git-ref.ts';
import { main } from '../src/main.ts';
import { parseRule } from '../src/rule.ts';
import { deriveTags } from '../src/tags.ts';
import { releasedBy } from '../src/upward.ts';
import { semverReader } from '../src/version.ts';
import type { TagSource } from '../src/wanted.ts';

const semver = await semverReader();
const NOW = new Date('2026-01-15T12:00:00Z');

function source(ref: GitRef, commit: string, names: readonly string[] = []): TagSource {
  return {
    ...{ commit, ref, semver, shaLength: 12, eventName: 'push', defaultBranch: 'main', baseRef: 'main' },
    ...{ now: NOW, created: NOW, commitDate: NOW, gitTags: { names, complete: true } },
    hash: (text) => hash('sha256', text),
  };
}

const name = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme', maxLength: 200 }),
  fc.string({ minLength: 1, unit: fc.constantFrom('a', 'B', '0', '.', '-', '/', '_', '+', 'é', '日'), maxLength: 12 }),
  fc.stringMatching(/^v?[0-9]{1,3}(\.[0-9]{1,3}){0,3}(-rc\.?[0-9])?(\+[a-z0-9]{1,4})?$/),
  fc.stringMatching(/^([a-z]{1,3}\/)?v[0-9]\.[0-9](\.[0-9])?(rc|post|dev)?[0-9]$/),
);
const ref = fc.record({
  kind: fc.constantFrom('branch', 'tag', 'pull request', 'merge queue', 'unknown'),
  name,
}) satisfies fc.Arbitrary<GitRef>;
const commit = fc.stringMatching(/^[0-9a-f]{40}$/);
const rule = fc.constantFrom(
  ...['type=sha', 'type=sha,prefix=', 'type=sha,format=long,prefix=.', 'type=edge', 'type=edge,branch=a'],
  ...['type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr,prefix=', 'type=schedule'],
  ...['type=raw,value={{branch}}{{tag}}', 'type=raw,value={{tag}}-{{sha}}', 'type=raw,value={{base_ref}},suffix=-é'],
  ...['semver', 'pep440', 'calver'].flatMap((type) =>
    ['{{raw}}', '{{version}}', '{{major}}.{{minor}}', '{{major}}'].map((pattern) => `type=${type},pattern=${pattern}`),
  ),
  ...['type=match,pattern=\\d+', 'type=match,pattern=v(.*),group=1', 'type=semver,pattern={{major}},loose=true'],
);
const rules = fc.array(rule, { minLength: 1, maxLength: 8 });
const fewRules = fc.array(rule, { minLength: 1, maxLength: 2 });
const flavor = fc.subarray(['latest=true', 'prefix=/,onlatest=true', 'suffix=-é', 'latest=false']);
const collisions = fc.constantFrom('warn', 'hash');

describe('any run', () => {
  it('T04 T05 gives tags that obey the grammar, each once, and says of each rule what became of it', () => {
    fc.assert(
      fc.property(ref, commit, rules, flavor, collisions, fc.array(name), (at, sha, lines, shape, handling, names) => {
        const { tags, rows } = deriveTags(
          lines.map(parseRule),
          flavorOf(shape.map(parseFlavor)),
          source(at, sha, names),
          { collisions: handling, policy: 'any' },
        );
        for (const tag of tags) expect(isTag(tag), tag).toBe(true);
        expect(new Set(tags).size).toBe(tags.length);
        expect(rows.length).toBeGreaterThanOrEqual(lines.length);
        for (const { why } of rows) expect(why).not.toBe('');
      }),
      { numRuns: 1_000 },
    );
  });

  it('T03 with collisions: hash, two branches, or two git tags, never give the same tag', () => {
    fc.assert(
      fc.property(name, name, fc.constantFrom('branch', 'tag'), (one, other, kind) => {
        fc.pre(one !== other);
        const [a, b] = [one, other].map(
          (each) =>
            deriveTags(
              [parseRule(`type=ref,event=${kind}`)],
              flavorOf([{ latest: 'false' }]),
              source({ kind, name: each }, 'a'.repeat(40)),
              { collisions: 'hash', policy: 'any' },
            ).tags[0],
        );
        expect(a).not.toBe(b);
      }),
      { numRuns: 1_000 },
    );
  });

  it('T10 two commits never give the same tag that policy: production takes, unless they are one version', () => {
    fc.assert(
      fc.property(ref, ref, commit, commit, fewRules, (one, other, shaOne, shaOther, lines) => {
        fc.pre(shaOne.slice(0, 12) !== shaOther.slice(0, 12));
        const [a, b] = [source(one, shaOne), source(other, shaOther)].map((from) => {
          const derived = deriveTags(lines.map(parseRule), flavorOf([{ latest: 'false' }]), from, {
            ...{ collisions: 'hash', policy: 'production' },
          });
          return derived.findings.some(({ level }) => level === 'error') ? [] : derived.tags;
        });
        const versions = one.kind === 'tag' && other.kind === 'tag';
        if (!versions) expect(a?.filter((tag) => b?.includes(tag))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('T07 a release never takes a tag that a higher one has', () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => `v${parts.join('.')}`);
    const lines = ['{{version}}', '{{major}}.{{minor}}', '{{major}}'].map(
      (pattern) => `type=semver,pattern=${pattern}`,
    );
    fc.assert(
      fc.property(fc.uniqueArray(version, { minLength: 1, maxLength: 8 }), (released) => {
        const owner = new Map<string, string>();
        const policy = { collisions: 'warn', policy: 'any' } as const;
        released.forEach((tag, index) => {
          const from = source({ kind: 'tag', name: tag }, 'a'.repeat(40), released.slice(0, index + 1));
          for (const each of deriveTags(lines.map(parseRule), flavorOf([]), from, policy).tags) owner.set(each, tag);
        });
        const highest = released.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
        expect(owner.get('latest')).toBe(highest);
      }),
    );
  });

  it.each([[[]], [['prefix=web-', 'suffix=-alpine']]])(
    'T07 a release takes no tag of a higher one that only the registry knows (%j)',
    (shape) => {
      const version = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)).map((parts) => `v${parts.join('.')}`);
      const lines = ['{{version}}', '{{major}}.{{minor}}', '{{major}}'].map(
        (pattern) => `type=semver,pattern=${pattern}`,
      );
      const derive = (from: TagSource) =>
        deriveTags(lines.map(parseRule), flavorOf(shape.map(parseFlavor)), from, { collisions: 'warn', policy: 'any' });
      fc.assert(
        fc.property(fc.uniqueArray(version, { minLength: 1, maxLength: 8 }), (releases) => {
          const registry = new Map<string, string>();
          for (const release of releases) {
            const from = source({ kind: 'tag', name: release }, 'a'.repeat(40));
            const { moving, immutable } = derive(from);
            const listed = [...registry.keys()].map((tag) => ({ tag, reference: `app:${tag}` }));
            const released = moving && releasedBy(listed, moving, immutable[0]);
            for (const tag of derive({ ...from, ...(released && { released }) }).tags) registry.set(tag, release);
          }
          const [prefix = '', suffix = ''] = shape.map((line) => line.split('=')[1]);
          const highest = (like: string) =>
            releases
              .filter((release) => release.startsWith(like))
              .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
              .at(-1);
          expect(registry.get('latest')).toBe(highest('v'));
          for (const release of releases)
            for (const like of [release, release.slice(0, 4), release.slice(0, 2)])
              expect(registry.get(`${prefix}${like.slice(1)}${suffix}`)).toBe(highest(like));
        }),
      );
    },
  );

  it('whatever the event is, there are valid tags or a clear error, never a bug', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('pull_request', 'push', 'main', 'a'.repeat(40)),
    );
    const value = fc.oneof(text, fc.integer(), fc.constant(null), fc.array(text));
    const payload = fc.dictionary(
      fc.constantFrom('pull_request', 'workflow_run', 'merge_group', 'repository', 'head_commit', 'number', 'base_ref'),
      fc.oneof(
        value,
        fc.dictionary(
          fc.constantFrom('head', 'base', 'head_sha', 'head_branch', 'event', 'id', 'default_branch'),
          value,
        ),
      ),
    );
    const event = fc.record({
      name: fc.constantFrom('push', 'pull_request', 'pull_request_target', 'workflow_run', 'merge_group', 'schedule'),
      ref: fc.oneof(
        fc.constant(''),
        name.map((each) => `refs/heads/${each}`),
        name.map((each) => `refs/tags/${each}`),
      ),
      sha: commit,
      payload,
    });
    await fc.assert(
      fc.asyncProperty(event, rules, async (happened, lines) => {
        const { outputs, annotations, exitCode } = await runMain('image-tag', (step) => main(step, manualClock()), {
          event: happened,
          inputs: { images: 'example.com/a', tags: lines.join('\n') },
        });
        expect(annotations.filter(({ title }) => title === 'This is a bug')).toEqual([]);
        expect(exitCode === 0).toBe(outputs.tags !== undefined);
        for (const tag of outputs['tag-names']?.split('\n') ?? []) expect(isTag(tag), tag).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
