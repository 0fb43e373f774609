import { type Circumstances, manualClock, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';
import { commits, pullRequest, pullRequestTarget, push } from './events.ts';
import { repository } from './repository.ts';

const IMAGE = 'ghcr.io/acme/checkout-service';
type Event = NonNullable<Circumstances['event']>;

function run(event: Event, { workspace, ...inputs }: Record<string, string> = {}) {
  return runMain('image-tag', (step) => main(step, manualClock()), {
    event,
    ...(workspace === undefined ? {} : { workspace }),
    env: { PATH: process.env.PATH ?? '' },
    inputs: { images: IMAGE, ...inputs },
  });
}

const messages = ({ annotations }: Awaited<ReturnType<typeof run>>) =>
  annotations.map(({ level, message, hint }) => `${level}: ${message} | ${hint}`);

describe('sha-source', () => {
  it.each([
    ['head', pullRequest, commits.HEAD],
    ['event', pullRequest, commits.MERGE],
    ['head', pullRequestTarget, commits.DEFAULT_BRANCH],
  ])('T01 %s', async (source, event, sha) => {
    const { outputs } = await run(event, { 'sha-source': source });
    expect([outputs.version, outputs.revision]).toEqual([`sha-${sha.slice(0, 12)}`, sha]);
    expect(outputs.labels).toContain(`org.opencontainers.image.revision=${sha}`);
  });

  it('checkout names what is checked out, and fails without a checkout', async () => {
    const { folder, first } = repository();
    const { outputs, annotations } = await run(pullRequest, { 'sha-source': 'checkout', workspace: folder });
    expect([outputs.revision, annotations]).toEqual([first, []]);
    const failed = await run(pullRequest, { 'sha-source': 'checkout' });
    expect([failed.exitCode, failed.outputs, messages(failed)]).toEqual([
      1,
      {},
      [
        'error: sha-source: checkout needs a checkout, and the workspace has none that git can read. | add a step that uses actions/checkout before this one, without "path:"',
      ],
    ]);
  });
});

describe('context: git', () => {
  it('takes commit and ref from the checkout', async () => {
    const { folder, git, first } = repository();
    const tags = 'type=ref,event=branch\ntype=ref,event=tag\ntype=sha';
    const branch = await run(push('refs/heads/other'), { context: 'git', workspace: folder, tags });
    expect(branch.outputs['tag-names']).toBe(`main\nsha-${first.slice(0, 12)}`);
    git('tag', 'v1.0.0');
    git('checkout', '--quiet', 'v1.0.0');
    const tag = await run(push('refs/heads/other'), { context: 'git', workspace: folder, tags });
    expect(tag.outputs['tag-names']).toBe(`v1.0.0\nsha-${first.slice(0, 12)}\nlatest`);
  });

  it('says so where HEAD is only a commit, as in a shallow checkout of a sha', async () => {
    const { folder, git, first } = repository();
    git('checkout', '--quiet', '--detach');
    git('branch', '--quiet', '-D', 'main');
    const tags = 'type=ref,event=branch\ntype=sha';
    const { lines, outputs } = await run(push('refs/heads/other'), { context: 'git', workspace: folder, tags });
    expect(outputs.version).toBe(`sha-${first.slice(0, 12)}`);
    expect(lines[0]).toContain('the run is for no branch or tag, not for a branch');
  });
});

describe('what is checked out', () => {
  it('T16 another commit is a warning that says what to do', async () => {
    const { folder, first } = repository();
    const result = await run(push('refs/heads/main'), { workspace: folder });
    expect(result.exitCode).toBe(0);
    expect(messages(result)).toEqual([
      `warning: The tags are for commit ${commits.DEFAULT_BRANCH}, and ${first} is checked out: an image built from it is not what its tag says. | check out that commit, under "with:" of actions/checkout:\nref: ${commits.DEFAULT_BRANCH}\nor tag what is checked out:\nsha-source: checkout`,
    ]);
  });

  it("T16 the merge that actions/checkout makes of a pull request is named as GitHub's", async () => {
    const { folder, first } = repository();
    const result = await run({ ...pullRequest, sha: first }, { workspace: folder });
    expect(messages(result)[0]).toContain(
      `and ${first} is checked out, GitHub's merge of the pull request into its base`,
    );
    expect(messages(result)[0]).toContain('ref: ${{ github.event.pull_request.head.sha }}');
  });

  it('T16 with strict another commit and a dirty tree fail, and nothing is handed out', async () => {
    const { folder, write, first } = repository();
    const clean = await run(push('refs/heads/main', first), { workspace: folder, strict: 'true' });
    expect([clean.exitCode, clean.annotations]).toEqual([0, []]);
    write('Dockerfile', 'FROM debian\n');
    const dirty = await run(push('refs/heads/main', first), { workspace: folder, strict: 'true' });
    expect([dirty.exitCode, dirty.outputs, messages(dirty)]).toEqual([
      1,
      {},
      [
        `error: Dockerfile differs from commit ${first}: nobody can build this image again from it. | see what changed them: git diff`,
      ],
    ]);
    expect(dirty.lines.at(-1)).toBe(`1 tag for ${IMAGE} at commit ${first}, not handed out`);
    const other = await run(push('refs/heads/main'), { workspace: folder, strict: 'true' });
    expect([other.exitCode, other.annotations.map(({ level }) => level)]).toEqual([1, ['error', 'error']]);
  });

  it('T16 strict cannot be satisfied where nothing is checked out', async () => {
    const { exitCode, outputs, annotations } = await run(push('refs/heads/main'), { strict: 'true' });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(annotations.map(({ message }) => message)).toEqual([
      `strict is asked for, and the workspace has no checkout to compare commit ${commits.DEFAULT_BRANCH} with.`,
    ]);
  });

  it('T15 what a schedule event does not say, git says', async () => {
    const { folder, git, first } = repository();
    const event = { name: 'repository_dispatch', ref: 'refs/heads/main', sha: first, payload: {} };
    git('update-ref', 'refs/remotes/origin/main', first);
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    const { outputs } = await run(event, {
      workspace: folder,
      tags: "type=edge\ntype=raw,value={{commit_date 'YYYYMMDD-HHmm'}}",
    });
    expect(outputs['tag-names']).toBe('edge\n20260114-2330');
  });
});

describe('what comes out', () => {
  it('labels and annotations of the workflow win, with expressions, and a line that is none is told of', async () => {
    const result = await run(push('refs/heads/main'), {
      labels: 'org.opencontainers.image.title=My title\nbranch={{branch}}\nnothing',
      annotations: 'index:only=here\norg.opencontainers.image.title=Another=title',
      'annotation-levels': 'manifest,index',
      'sep-labels': '|',
      'sep-tags': ',',
      tags: 'type=sha\ntype=ref,event=branch',
    });
    const { outputs } = result;
    expect(outputs.tags).toBe(`${IMAGE}:main,${IMAGE}:sha-266574110acf`);
    expect(outputs['tag-names']).toBe('main,sha-266574110acf');
    expect(outputs.labels?.split('|')).toEqual(
      expect.arrayContaining(['branch=main', 'org.opencontainers.image.title=My title']),
    );
    const annotations = outputs.annotations?.split('\n') ?? [];
    expect(annotations.filter((line) => line.includes('title='))).toEqual([
      'manifest:org.opencontainers.image.title=Another=title',
      'index:org.opencontainers.image.title=Another=title',
    ]);
    expect(annotations.filter((line) => line.includes('only='))).toEqual(['index:only=here']);
    expect(messages(result)).toEqual(['warning: "nothing" has no key and is left out. | write key=value']);
  });

  it('an unknown level or expression is refused', async () => {
    const result = await run(push('refs/heads/main'), { 'annotation-levels': 'manifst', labels: 'a={{brnch}}' });
    expect(messages(result)).toEqual([
      expect.stringContaining('error: Input "labels", line 1: {{brnch}} is not known here'),
      'error: Input "annotation-levels": "manifst" is not a level: expected manifest, index, manifest-descriptor, index-descriptor. | did you mean "manifest"?',
    ]);
  });

  it("docker/metadata-action's variables are told of, with the input that takes their place", async () => {
    const result = await runMain('image-tag', (step) => main(step, manualClock()), {
      event: push('refs/heads/main'),
      env: {
        DOCKER_METADATA_SHORT_SHA_LENGTH: '8',
        DOCKER_METADATA_PR_HEAD_SHA: 'true',
        DOCKER_METADATA_ANNOTATIONS_LEVELS: 'index',
      },
      inputs: { images: IMAGE },
    });
    expect(messages(result)).toEqual([
      'warning: DOCKER_METADATA_SHORT_SHA_LENGTH=8 is not read by this action. | add under "with:":\nsha-length: 8',
      'warning: DOCKER_METADATA_ANNOTATIONS_LEVELS=index is not read by this action. | add under "with:":\nannotation-levels: index',
    ]);
  });
});
