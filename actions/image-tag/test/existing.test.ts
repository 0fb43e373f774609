import { listen } from '@delivery-actions/stand-ins';
import { describe, expect, it } from 'vitest';
import { build, PLATFORMS, run, SHA, shown, startRegistry, TAG, tagTo } from './registry.ts';

const OTHER = '3370e228f2209994d57af4427fe64e71bb79ac96';

describe('exists', () => {
  it('T11 ignore asks no registry', async () => {
    await using registry = await startRegistry();
    await build(registry);
    const before = registry.requests.length;
    const { exitCode, outputs } = await run([`${registry.host}/acme/app`], {});
    expect([exitCode, outputs.exists, outputs.digest, outputs.refs, outputs['deploy-ref']]).toEqual([
      0,
      '',
      '',
      '',
      '',
    ]);
    expect(registry.requests).toHaveLength(before);
  });

  it.each(['reuse', 'fail'])('T11 %s is false where nothing was pushed yet', async (exists) => {
    await using registry = await startRegistry();
    const { exitCode, outputs, lines, annotations } = await run([`${registry.host}/acme/app`], { exists });
    expect([exitCode, outputs.exists, outputs.digest, outputs.refs, annotations]).toEqual([0, 'false', '', '', []]);
    expect(lines.slice(-2)).toEqual([
      `${registry.host}/acme/app:${TAG}  -  is not there`,
      'No such image yet: it is to be built',
    ]);
  });

  it('T11 reuse hands out the digest of what is there', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    const image = `${registry.host}/acme/app`;
    const { exitCode, outputs, lines, annotations } = await run([image], {
      exists: 'reuse',
      tags: 'type=sha\ntype=ref,event=branch',
    });
    expect([exitCode, annotations]).toEqual([0, []]);
    const reference = `${image}:${TAG}@${digest}`;
    expect(outputs).toMatchObject({ exists: 'true', digest, refs: reference, 'deploy-ref': reference });
    expect(JSON.parse(outputs.json ?? '')).toMatchObject({
      exists: true,
      digest,
      refs: [reference],
      'deploy-ref': reference,
    });
    expect(lines.at(-1)).toBe(`The image of commit ${SHA} is there: ${digest}`);
    // main may be of any commit, so it says nothing.
    expect(registry.requests.filter(({ path }) => path.endsWith('/manifests/main'))).toEqual([]);
  });

  it('T11 fail refuses to build over it, and hands out nothing', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    const result = await run([`${registry.host}/acme/app`], { exists: 'fail' });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([
      `error: A build would overwrite an image that may have been tested or deployed:\n${registry.host}/acme/app:${TAG} is ${digest} | take what is there instead of building it again:\nexists: reuse`,
    ]);
    expect(result.lines.at(-1)).toBe('1 of 1 tags of this commit is in the registry already');
  });

  it.each(['reuse', 'fail'])('T11 %s refuses tags of one commit that name different images', async (exists) => {
    await using one = await startRegistry();
    await using other = await startRegistry();
    const first = await build(one);
    const second = await build(other, { content: 'another' });
    const result = await run([`${one.host}/acme/app`, `${other.host}/acme/app`], { exists });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)[0]).toContain(
      `Tags that should all name the image of this commit do not:\n${one.host}/acme/app:${TAG} is ${first}\n${other.host}/acme/app:${TAG} is ${second}`,
    );
  });

  it('T11 reuse refuses an image that lacks one of its tags, and says how to give it that', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    const image = `${registry.host}/acme/app`;
    const tags = 'type=sha\ntype=semver,pattern={{version}}';
    const result = await run([image], { exists: 'reuse', tags }, { ref: 'refs/tags/v1.2.3' });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([
      `error: The image of this commit is there, but not under every tag:\n${image}:${TAG} is ${digest}\nnot there: ${image}:1.2.3 | did an earlier push end half-way? Give the image the tags that it lacks, then run the job again:\ndocker buildx imagetools create --tag ${image}:1.2.3 ${image}@${digest}`,
    ]);
    tagTo(registry, 'acme/app', '1.2.3', digest);
    const whole = await run([image], { exists: 'reuse', tags }, { ref: 'refs/tags/v1.2.3' });
    expect(whole.outputs.refs?.split('\n')).toEqual([`${image}:1.2.3@${digest}`, `${image}:${TAG}@${digest}`]);
    expect(whole.outputs['deploy-ref']).toBe(`${image}:1.2.3@${digest}`);
  });

  it.each([
    ['another commit', OTHER, `linux/amd64 ${OTHER}, linux/arm64 ${OTHER}`],
    ['no commit', '', 'linux/amd64 says nothing, linux/arm64 says nothing'],
  ])('T11 T18 reuse refuses an image whose label names %s', async (_, revision, said) => {
    await using registry = await startRegistry();
    const digest = await build(registry, { revision });
    const result = await run([`${registry.host}/acme/app`], { exists: 'reuse' });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([
      `error: ${digest} was not built from commit ${SHA}, by its label org.opencontainers.image.revision: ${said}. | hand the labels to the build; where it gets none, those of the base image show:\nlabels: \${{ steps.tag.outputs.labels }}`,
    ]);
  });

  it('T11 reuse refuses an image without a platform that is asked for', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry, { platforms: ['linux/amd64'] });
    const result = await run([`${registry.host}/acme/app`], { exists: 'reuse', platforms: PLATFORMS.join(',') });
    expect(result.exitCode).toBe(1);
    expect(shown(result)).toEqual([
      expect.stringContaining(`${digest} has no image for linux/arm64: it has linux/amd64.`),
    ]);
  });

  it('T11 asks for all tags on all registries side by side', async () => {
    const waiting: (() => void)[] = [];
    // Nobody gets an answer before all have asked.
    const answer = ({ response }: { response: { writeHead(status: number): { end(): void } } }) => {
      waiting.push(() => response.writeHead(404).end());
      if (waiting.length === 30) for (const each of waiting) each();
    };
    await using one = await listen(answer);
    await using two = await listen(answer);
    await using three = await listen(answer);
    const tags = Array.from({ length: 10 }, (_, index) => `type=sha,prefix=p${index}-`).join('\n');
    const images = [one, two, three].map(({ url }) => `${new URL(url).host}/acme/app`);
    const { exitCode, outputs } = await run(images, { exists: 'fail', tags });
    expect([exitCode, outputs.exists]).toEqual([0, 'false']);
  });

  it('T11 needs a tag that stays', async () => {
    await using registry = await startRegistry();
    const result = await run([`${registry.host}/acme/app`], { exists: 'fail', tags: 'type=ref,event=branch' });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([
      'error: exists: fail looks for tags that no other commit gets, and no rule gave one for this run. | add a rule that gives one under "tags:":\ntype=sha',
    ]);
  });

  it.each(['reuse', 'fail'])(
    'T11 %s fails when a registry does not say: one finding for a registry, not one for a tag',
    async (exists) => {
      await using registry = await startRegistry({
        access: { kind: 'basic', login: { username: 'u', password: 'p' } },
      });
      const image = `${registry.host}/acme/app`;
      const tags = 'type=sha\ntype=sha,format=long';
      const result = await run([image, `${registry.host}/acme/web`], { exists, tags });
      expect([result.exitCode, result.outputs]).toEqual([1, {}]);
      expect(shown(result)).toEqual([
        `error: ${registry.host} does not show ${image}:${TAG} without credentials that it knows (401); so it is with 3 more here. | log in before this step, with docker/login-action (registry: ${registry.host}) or: docker login ${registry.host}\nsome registries also answer so when nothing was ever pushed there: then leave "exists" out for the first push`,
      ]);
      expect(result.lines.at(-1)).toBe('Whether the image exists is not known');
    },
  );
});

describe('the tags of the registry', () => {
  const tags =
    'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}}';

  it('T07 withhold what would move back, although git does not know the higher version', async () => {
    await using registry = await startRegistry();
    const image = `${registry.host}/acme/app`;
    for (const tag of ['2.0.0', '2.0', '2', 'latest', '1.10.0', '9.0.0-rc.1', '20260115', 'sha-1'])
      await build(registry, { tag });
    const { outputs, lines, annotations } = await run(
      [image],
      { exists: 'fail', tags },
      { ref: 'refs/tags/v1.9.1', git: ['v1.9.1'] },
    );
    expect([outputs['tag-names']?.split('\n'), annotations]).toEqual([['1.9.1', '1.9'], []]);
    const text = lines.join('\n');
    expect(text).toContain(`1 stays with 1.10.0, which is higher than 1.9.1 (there is ${image}:1.10.0)`);
    expect(text).toContain(`latest stays with 2.0.0, which is higher than 1.9.1 (there is ${image}:2.0.0)`);
  });

  it.each([
    [
      '-alpine',
      'type=semver,pattern={{version}},suffix=-alpine',
      ['1.9.1-alpine', 'latest'],
      ['2.0.0', '2.0.0-debian'],
    ],
    ['-alpine', 'type=semver,pattern={{version}},suffix=-alpine', ['1.9.1-alpine'], ['2.0.0-alpine']],
    ['raw', 'type=semver,pattern={{raw}}', ['v1.9.1', 'latest'], ['2.0.0']],
    ['raw', 'type=semver,pattern={{raw}}', ['v1.9.1'], ['v2.0.0']],
    ['ref', 'type=ref,event=tag', ['v1.9.1'], ['v2.0.0']],
    ['match', 'type=match,pattern=v(\\d+\\.\\d+\\.\\d+),group=1', ['1.9.1'], ['2.0.0']],
    ['dates', 'type=ref,event=tag', ['v1.9.1', 'latest'], ['v20260115', 'v3', 'v3.0']],
    ['lower', 'type=semver,pattern={{version}}', ['1.9.1', 'latest'], ['1.9.0', '1.9', '3', '3.0']],
  ])('T07 compare what differs in its version alone (%s)', async (_, rule, expected, there) => {
    await using registry = await startRegistry();
    for (const tag of there) await build(registry, { tag });
    const { outputs } = await run(
      [`${registry.host}/acme/app`],
      { exists: 'fail', tags: rule },
      { ref: 'refs/tags/v1.9.1' },
    );
    expect(outputs['tag-names']?.split('\n')).toEqual(expected);
  });

  it('T07 are not asked for where no tag moves, and only told of where they cannot be had', async () => {
    await using registry = await startRegistry();
    const image = `${registry.host}/acme/app`;
    await run([image], { exists: 'fail' });
    const asked = () => registry.requests.filter(({ path }) => path.includes('/tags/list')).length;
    expect(asked()).toBe(0);
    registry.failNext({ status: 405, of: /tags\/list/ });
    const result = await run([image], { exists: 'fail', tags }, { ref: 'refs/tags/v1.9.1', git: ['v1.9.1'] });
    expect(asked()).toBe(1);
    expect([result.exitCode, result.outputs['tag-names']]).toEqual([0, '1.9.1\n1.9\n1\nlatest']);
    expect(shown(result)).toEqual([
      expect.stringContaining(
        `warning: What was released as ${image} is not known from its tags: ${registry.host} answered 405`,
      ),
    ]);
  });
});
