import { pushImage } from '@delivery-actions/stand-ins';
import { describe, expect, it } from 'vitest';
import { build, PLATFORMS, pausesClock, run, SHA, shown, startRegistry, TAG, tagTo } from './registry.ts';

const OTHER = '3370e228f2209994d57af4427fe64e71bb79ac96';
const TAGS = 'type=sha\ntype=ref,event=branch';

describe('verify', () => {
  it('T12 T18 passes when every tag of every image is the digest, and hands out references that hold', async () => {
    await using one = await startRegistry();
    await using other = await startRegistry();
    const images = [`${one.host}/acme/app`, `${other.host}/mirror/app`];
    const digest = await build(one);
    await build(other, { repository: 'mirror/app' });
    tagTo(one, 'acme/app', 'main', digest);
    tagTo(other, 'mirror/app', 'main', digest);
    const { exitCode, outputs, lines, annotations } = await run(images, {
      ...{ tags: TAGS, verify: digest, platforms: 'linux/amd64\nlinux/arm64/v8' },
    });
    expect([exitCode, annotations]).toEqual([0, []]);
    expect(lines.at(-1)).toBe(`4 tags name ${digest}, for linux/amd64, linux/arm64, of commit ${SHA}`);
    expect(outputs).toMatchObject({ exists: '', digest, 'deploy-ref': `${images[0]}:${TAG}@${digest}` });
    expect(outputs.refs?.split('\n')).toEqual(outputs.tags?.split('\n').map((tag) => `${tag}@${digest}`));
    expect(JSON.parse(outputs.json ?? '')).toMatchObject({ digest, refs: outputs.refs?.split('\n') });
  });

  it('T12 names the registry that differs, and both digests', async () => {
    await using one = await startRegistry();
    await using other = await startRegistry();
    const [first, second] = [`${one.host}/acme/app`, `${other.host}/acme/app`];
    const digest = await build(one);
    const another = await build(other, { content: 'another' });
    const result = await run([first, second], { verify: digest, tags: 'type=sha\ntype=raw,value=x' });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([
      expect.stringMatching(
        new RegExp(`^error: ${first} does not have what was pushed, ${digest}, after 1m00s:\n${first}:x is not there `),
      ),
      expect.stringMatching(
        new RegExp(
          `^error: ${second} does not have what was pushed, ${digest}, after 1m00s:\n${second}:x is not there\n${second}:${TAG} is ${another} `,
        ),
      ),
    ]);
    expect(result.lines.at(-1)).toBe(`3 of 4 tags do not name ${digest}`);
  });

  it('T12 waits for a registry that shows a push late', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    const old = await build(registry, { tag: 'old', content: 'old' });
    tagTo(registry, 'acme/app', 'main', old);
    registry.failNext({ status: 404, times: 3, of: new RegExp(TAG) });
    const clock = pausesClock();
    let pauses = 0;
    const { exitCode, annotations } = await run(
      [`${registry.host}/acme/app`],
      { verify: digest, tags: TAGS },
      {
        clock: {
          ...clock,
          after(milliseconds, callback) {
            pauses += milliseconds < 60_000 ? 1 : 0;
            if (pauses === 4) tagTo(registry, 'acme/app', 'main', digest);
            return clock.after(milliseconds, callback);
          },
        },
      },
    );
    expect([exitCode, annotations]).toEqual([0, []]);
    expect(pauses).toBeGreaterThanOrEqual(4);
  });

  it('T12 asks a registry that has had too many requests again when it says', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    registry.failNext({ status: 429, headers: { 'retry-after': '45' }, of: /^HEAD/ });
    const pauses: number[] = [];
    const clock = pausesClock();
    const { exitCode, annotations } = await run(
      [`${registry.host}/acme/app`],
      { verify: digest },
      {
        clock: {
          ...clock,
          after(milliseconds, callback) {
            pauses.push(milliseconds);
            return clock.after(milliseconds, callback);
          },
        },
      },
    );
    expect([exitCode, annotations, pauses]).toEqual([0, [], [60_000, 45_000]]);
  });

  it('T12 fails at once where asking again does not help', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    registry.failNext({ status: 403, times: 9, of: /manifests/ });
    const result = await run([`${registry.host}/acme/app`], { verify: digest, tags: TAGS });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([
      expect.stringMatching(
        /^error: 127\.0\.0\.1:\d+ does not show .* to these credentials \(403\): .*; so it is with 1 more here\. \| /,
      ),
    ]);
    const heads = registry.requests.filter(({ method }) => method === 'HEAD');
    expect(heads.map(({ path }) => path).sort()).toEqual(['main', TAG].map((tag) => `/v2/acme/app/manifests/${tag}`));
  });

  it('T12 a registry that has an index and lacks an image of it is not verified', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    const repository = registry.repositories.get('acme/app');
    const gone = repository?.tags.get(`${TAG}-arm64`) ?? '';
    repository?.manifests.delete(gone);
    const result = await run([`${registry.host}/acme/app`], { verify: digest });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([expect.stringContaining(`/acme/app@${gone} does not exist`)]);
    expect(result.lines.at(-1)).toBe(`${digest} is not what it should be`);
  });

  it('T12 platforms that were asked for have to be there', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry, { platforms: ['linux/amd64'] });
    const result = await run([`${registry.host}/acme/app`], { verify: digest, platforms: PLATFORMS.join(', ') });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([
      `error: ${digest} has no image for linux/arm64: it has linux/amd64. | build it for all of them, under "with:" of docker/build-push-action:\nplatforms: linux/amd64,linux/arm64`,
    ]);
  });

  it('T18 an image whose label names another commit, as that of a base image does, is not verified', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry, { revision: OTHER });
    const result = await run([`${registry.host}/acme/app`], { verify: digest });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result)).toEqual([
      `error: ${digest} was not built from commit ${SHA}, by its label org.opencontainers.image.revision: linux/amd64 ${OTHER}, linux/arm64 ${OTHER}. | hand the labels to the build; where it gets none, those of the base image show:\nlabels: \${{ steps.tag.outputs.labels }}`,
    ]);
    const own = await run([`${registry.host}/acme/app`], {
      verify: digest,
      labels: `org.opencontainers.image.revision=${OTHER}`,
    });
    expect(own.exitCode).toBe(0);
  });

  it('T18 takes an image of one platform', async () => {
    await using registry = await startRegistry();
    const config = { Labels: { 'org.opencontainers.image.revision': SHA } };
    const digest = await pushImage(registry.url, 'acme/app', TAG, { files: {}, config, platform: 'linux/arm64/v8' });
    const { exitCode, lines } = await run([`${registry.host}/acme/app`], { verify: digest, platforms: 'linux/arm64' });
    expect([exitCode, lines.at(-1)]).toEqual([0, `1 tag names ${digest}, for linux/arm64, of commit ${SHA}`]);
  });

  it('T07 a tag that was moved back although the registry has a higher version is told of', async () => {
    await using registry = await startRegistry();
    const image = `${registry.host}/acme/app`;
    const digest = await build(registry, { tag: '1.9.1' });
    await build(registry, { tag: '2.0.0' });
    const inputs = { verify: digest, tags: 'type=semver,pattern={{version}}' };
    const held = await run([image], inputs, { ref: 'refs/tags/v1.9.1' });
    expect([held.exitCode, held.outputs['tag-names'], held.outputs.refs]).toEqual([
      0,
      '1.9.1',
      `${image}:1.9.1@${digest}`,
    ]);
    tagTo(registry, 'acme/app', 'latest', digest);
    const back = await run([image], inputs, { ref: 'refs/tags/v1.9.1' });
    expect([back.exitCode, back.outputs]).toEqual([1, {}]);
    expect(shown(back)[0]).toContain(
      `error: ${image}:latest was moved back: it is ${digest} of this run, and the registry has a higher version.`,
    );
  });

  it.each([
    ['', 'Input "verify" is empty: there is no digest of a push that could be verified.'],
    ['sha256:abc', 'Input "verify" is "sha256:abc": expected sha256: and 64 lower-case hex digits, or none.'],
  ])('T12 verify: "%s" does not pass for nothing to verify', async (verify, expected) => {
    const result = await run(['ghcr.io/acme/app'], { verify });
    expect([result.exitCode, result.outputs]).toEqual([1, {}]);
    expect(shown(result).map((text) => text.split(' | ')[0])).toEqual([`error: ${expected}`]);
  });

  it('is for another step than exists, and takes a sensible time and platforms', async () => {
    const verify = `sha256:${'a'.repeat(64)}`;
    expect(shown(await run(['ghcr.io/acme/app'], { verify, exists: 'reuse', timeout: '10ms' }))).toEqual([
      'error: Input "verify" is for after the push, and "exists: reuse" for before the build: one step cannot do both. | use this action in two steps, with the same "images:" and "tags:"',
      'error: Input "timeout" is shorter than a second, in which no registry answers.',
    ]);
    expect(shown(await run(['ghcr.io/acme/app'], { platforms: 'amd64' }))).toEqual([
      'error: Input "platforms", line 1: "amd64" is not a platform: expected os/architecture, such as linux/amd64 or linux/arm/v7.',
    ]);
  });
});
