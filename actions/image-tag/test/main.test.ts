import { type Circumstances, manualClock, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';
import { commits, mergeGroup, pullRequest, push, workflowRun } from './events.ts';

const IMAGE = 'ghcr.io/acme/checkout-service';

function run({ inputs, ...circumstances }: Circumstances = {}) {
  return runMain('image-tag', (step) => main(step, manualClock()), {
    event: push('refs/heads/main'),
    ...circumstances,
    inputs: { images: IMAGE, ...inputs },
  });
}

const shown = ({ annotations }: Awaited<ReturnType<typeof run>>) =>
  annotations.map(({ level, message, hint }) => `${level}: ${message}${hint === undefined ? '' : ` | ${hint}`}`);

describe('image-tag', () => {
  it('tags by commit when nothing else is asked for', async () => {
    const { exitCode, outputs, lines, annotations } = await run();
    expect({ exitCode, lines, annotations }).toEqual({
      exitCode: 0,
      annotations: [],
      lines: [
        `sha-266574110acf  type=sha  first 12 digits of commit ${commits.DEFAULT_BRANCH}`,
        `1 tag for ${IMAGE} at commit ${commits.DEFAULT_BRANCH}`,
      ],
    });
    expect(outputs).toMatchObject({
      tags: `${IMAGE}:sha-266574110acf`,
      version: 'sha-266574110acf',
      revision: commits.DEFAULT_BRANCH,
    });
    expect(outputs.labels?.split('\n')).toContain(`org.opencontainers.image.revision=${commits.DEFAULT_BRANCH}`);
    expect(outputs.labels?.split('\n')).toContain('org.opencontainers.image.created=2026-01-15T12:00:00.000Z');
  });

  it('gives every tag for every image, by priority, and says what became of each rule', async () => {
    const { outputs, lines } = await run({
      inputs: {
        images: `${IMAGE}\n# a comment\nregistry.example.com:5000/checkout`,
        tags: 'type=sha\ntype=ref,event=branch\ntype=ref,event=tag\ntype=raw,value=canary,enable=false\ntype=raw,value=main',
      },
    });
    expect(outputs.tags?.split('\n')).toEqual([
      `${IMAGE}:main`,
      `${IMAGE}:sha-266574110acf`,
      'registry.example.com:5000/checkout:main',
      'registry.example.com:5000/checkout:sha-266574110acf',
    ]);
    expect(outputs.version).toBe('main');
    expect(lines).toEqual([
      'main              type=ref,event=branch               branch "main"',
      '-                 type=ref,event=tag                  the run is for branch "main", not for a tag',
      '-                 type=raw,value=canary,enable=false  enable=false',
      '-                 type=raw,value=main                 main again, as type=ref,event=branch gave',
      `sha-266574110acf  type=sha                            first 12 digits of commit ${commits.DEFAULT_BRANCH}`,
      `2 tags for each of 2 images at commit ${commits.DEFAULT_BRANCH}`,
    ]);
    expect(JSON.parse(outputs.json ?? '')).toEqual({
      version: 'main',
      revision: commits.DEFAULT_BRANCH,
      tags: outputs.tags?.split('\n'),
      'tag-names': ['main', 'sha-266574110acf'],
      labels: Object.fromEntries(outputs.labels?.split('\n').map((line) => line.split('=')) ?? []),
      annotations: outputs.labels?.split('\n').map((line) => `manifest:${line}`),
      rules: [
        { tag: 'main', rule: 'type=ref,event=branch', why: 'branch "main"' },
        { tag: null, rule: 'type=ref,event=tag', why: 'the run is for branch "main", not for a tag' },
        { tag: null, rule: 'type=raw,value=canary,enable=false', why: 'enable=false' },
        { tag: null, rule: 'type=raw,value=main', why: 'main again, as type=ref,event=branch gave' },
        { tag: 'sha-266574110acf', rule: 'type=sha', why: `first 12 digits of commit ${commits.DEFAULT_BRANCH}` },
      ],
    });
  });

  it('T01 on pull_request the tag and the revision are the head commit, not the merge of GITHUB_SHA', async () => {
    const { outputs, lines } = await run({ event: pullRequest, inputs: { tags: 'type=sha\ntype=ref,event=pr' } });
    expect(outputs.tags).toBe(`${IMAGE}:pr-15\n${IMAGE}:sha-3370e228f220`);
    expect(outputs.revision).toBe(commits.HEAD);
    expect(outputs.labels).toContain(`org.opencontainers.image.revision=${commits.HEAD}`);
    expect(JSON.stringify(outputs)).not.toContain(commits.MERGE.slice(0, 12));
    expect(lines.at(-1)).toBe(
      `2 tags for ${IMAGE} at commit ${commits.HEAD} (GITHUB_SHA is ${commits.MERGE}, which is not what the event is about)`,
    );
  });

  it('T02 on workflow_run the tags are of the run before it, not of the default branch', async () => {
    const { outputs } = await run({ event: workflowRun(), inputs: { tags: 'type=sha\ntype=ref,event=branch' } });
    expect(outputs.tags).toBe(`${IMAGE}:release-2026-11\n${IMAGE}:sha-3370e228f220`);
    expect(outputs.revision).toBe(commits.HEAD);
    expect(JSON.stringify(outputs)).not.toContain(commits.DEFAULT_BRANCH.slice(0, 12));
  });

  it("T02 a fork's pull request from its main never gets the tag main", async () => {
    const event = workflowRun({ event: 'pull_request', head_branch: 'main' });
    const { outputs } = await run({ event, inputs: { tags: 'type=ref,event=branch\ntype=sha' } });
    expect(outputs.tags).toBe(`${IMAGE}:sha-3370e228f220`);
  });

  it('T03 feature/a is warned of: feature-a would get the same tag', async () => {
    const result = await run({ event: push('refs/heads/feature/a'), inputs: { tags: 'type=ref,event=branch' } });
    expect(result.outputs.version).toBe('feature-a');
    expect(shown(result)).toEqual([
      'warning: "feature/a" became the tag "feature-a": a tag cannot have all of its characters. Another name may become the same tag and overwrite it. | deploy by the tag of type=sha, which no other commit has, or tell such names apart:\ncollisions: hash',
    ]);
  });

  it('T04 two branches of 200 characters give two tags of 128', async () => {
    const versions = await Promise.all(
      ['a', 'b'].map(async (end) => {
        const event = push(`refs/heads/${'x'.repeat(199)}${end}`);
        return (await run({ event, inputs: { tags: 'type=ref,event=branch' } })).outputs.version;
      }),
    );
    expect(versions.map((version) => version?.length)).toEqual([128, 128]);
    expect(new Set(versions).size).toBe(2);
  });

  it('T05 a branch of non-ASCII letters only gives a valid tag', async () => {
    const { outputs } = await run({ event: push('refs/heads/日本'), inputs: { tags: 'type=ref,event=branch' } });
    expect(outputs.version).toMatch(/^branch-[0-9a-f]{8}$/);
  });

  it.each([['123456789012'], ['1e5678901234']])(
    'T06 a commit that begins %s keeps sha- although prefix= was asked for',
    async (digits) => {
      const event = push('refs/heads/main', digits.padEnd(40, '0'));
      const result = await run({ event, inputs: { tags: 'type=sha,prefix=' } });
      expect(result.outputs.version).toBe(`sha-${digits}`);
      expect(shown(result)).toEqual([
        expect.stringContaining(
          `"${digits}" became the tag "sha-${digits}": YAML would not read ${digits} as a string.`,
        ),
      ]);
    },
  );

  it('T08 a misspelt attribute fails and says which one was meant', async () => {
    const result = await run({ inputs: { tags: 'type=sha\ntype=sha,formt=long' } });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toEqual({});
    expect(shown(result)).toEqual([
      'error: Input "tags", line 2: formt=long is not an attribute of type=sha: expected format, enable, priority, prefix or suffix. | did you mean "format"?',
    ]);
  });

  it('T09 a tag or a digest in an image name fails', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const result = await run({ inputs: { images: `ghcr.io/org/app:latest\n${IMAGE}@${digest}\n${IMAGE}` } });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toEqual({});
    expect(shown(result)).toEqual([
      'error: Input "images", line 1: "ghcr.io/org/app:latest" has the tag "latest": write the name of the image alone, "ghcr.io/org/app"',
      `error: Input "images", line 2: "${IMAGE}@${digest}" has a digest: write the name of the image alone, "${IMAGE}"`,
    ]);
  });

  it('T10 the default has 12 digits of the commit, and sha-length decides', async () => {
    expect((await run()).outputs.version).toHaveLength('sha-'.length + 12);
    expect((await run({ inputs: { 'sha-length': '40' } })).outputs.version).toBe(`sha-${commits.DEFAULT_BRANCH}`);
    expect(shown(await run({ inputs: { 'sha-length': '6' } }))).toEqual([
      'error: Input "sha-length" is "6": expected a whole number from 7 to 40.',
    ]);
  });

  it("T17 on merge_group the tag is the group's sha, never its branch", async () => {
    const { outputs } = await run({ event: mergeGroup, inputs: { tags: 'type=ref,event=branch\ntype=sha' } });
    expect(outputs.tags).toBe(`${IMAGE}:sha-3370e228f220`);
  });

  it('fails when no rule gave a tag, and hands out nothing', async () => {
    const result = await run({ event: mergeGroup, inputs: { tags: 'type=ref,event=branch' } });
    expect(result.exitCode).toBe(1);
    expect(result.outputs).toEqual({});
    expect(shown(result)).toEqual([
      `error: No rule gave a tag for this run, which is for merge queue "${mergeGroup.ref.slice(11)}". | add a rule that always applies under "tags:":\ntype=sha`,
    ]);
    expect(result.lines.at(-1)).toBe(`0 tags for ${IMAGE} at commit ${commits.HEAD}`);
  });

  it('lower-cases the name of an image, whose owner may have capitals', async () => {
    const { outputs } = await run({ inputs: { images: 'ghcr.io/ACME/Checkout\nghcr.io/acme/checkout' } });
    expect(outputs.tags).toBe('ghcr.io/acme/checkout:sha-266574110acf');
  });

  it('reports every bad input at once', async () => {
    const result = await run({ inputs: { images: '', tags: 'type=shaa', 'sha-length': 'long' } });
    expect(shown(result)).toEqual([
      'error: Input "images" is required and has no value. | add under "with:", for example:\nimages: ghcr.io/${{ github.repository }}',
      'error: Input "tags", line 1: type=shaa is not a type of rule: expected type=sha, ref, raw, schedule, semver, pep440, calver, match or edge. | did you mean "sha"?',
      'error: Input "sha-length" is "long": expected a whole number from 7 to 40.',
    ]);
  });

  it('takes the time of creation from SOURCE_DATE_EPOCH, and refuses one that is none', async () => {
    const { outputs } = await run({ env: { SOURCE_DATE_EPOCH: '1700000000' } });
    expect(outputs.labels).toContain('org.opencontainers.image.created=2023-11-14T22:13:20.000Z');
    const bad = await run({ env: { SOURCE_DATE_EPOCH: 'yesterday' } });
    expect(bad.exitCode).toBe(1);
    expect(bad.outputs).toEqual({});
    expect(shown(bad)).toEqual([
      'error: SOURCE_DATE_EPOCH is "yesterday": expected whole seconds since 1970. | SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)',
    ]);
  });
});
