import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listen, pushIndex, type RegistryStandIn, startRegistry } from '@delivery-actions/stand-ins';
import { runBundle, SHA } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

const TAG = `sha-${SHA.slice(0, 12)}`;
const LOGIN = { username: 'deployer', password: 'correct horse battery' };
const basic = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');

/** Pushes what a build of that commit pushes. */
function build(registry: RegistryStandIn, { revision = SHA, content = 'app', tag = TAG } = {}) {
  const config = { Labels: { 'org.opencontainers.image.revision': revision } };
  return pushIndex(
    registry.url,
    'acme/app',
    tag,
    ['linux/amd64', 'linux/arm64'].map((platform) => ({ files: { app: content }, config, platform })),
  );
}

/** The scripts of the bundle that a run has loaded, by their content. */
async function loadedBy(inputs: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'loaded-'));
  const { exitCode } = await runBundle('image-tag', { inputs, env: { NODE_V8_COVERAGE: folder } });
  const scripts = readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: readonly { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
  return { exitCode, code: scripts.map((url) => readFileSync(new URL(url), 'utf8')).join('\n') };
}

describe('image-tag as it ships, before the build', () => {
  it('T11 asks no registry unless it is told to, and loads nothing that could', async () => {
    await using registry = await startRegistry();
    const images = `${registry.host}/acme/app`;
    const plain = await loadedBy({ images });
    expect([plain.exitCode, registry.requests]).toEqual([0, []]);
    expect(plain.code).toContain('org.opencontainers.image.revision');
    expect(plain.code).not.toMatch(/www-authenticate|from ?"(?:node:)?https?"/);
    const asking = await loadedBy({ images, exists: 'reuse' });
    expect([asking.exitCode, registry.requests.length]).toEqual([0, 1]);
    expect(asking.code).toContain('www-authenticate');
  });

  it('T11 reuses what is in a private registry, with what docker login left', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    registry.behaviour.access = { kind: 'token', login: LOGIN };
    const folder = mkdtempSync(join(tmpdir(), 'docker-'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth: basic } } }));
    const { exitCode, outputs, annotations, log, summary } = await runBundle('image-tag', {
      inputs: { images: `${registry.host}/acme/app`, exists: 'reuse', platforms: 'linux/amd64,linux/arm64' },
      env: { DOCKER_CONFIG: folder, RUNNER_DEBUG: '1' },
    });
    expect([exitCode, annotations]).toEqual([0, []]);
    expect(outputs).toMatchObject({
      exists: 'true',
      digest,
      'deploy-ref': `${registry.host}/acme/app:${TAG}@${digest}`,
    });
    expect(summary).toContain(`| ✅ | ${registry.host}/acme/app:${TAG} | ${digest} | is there |`);
    const unmasked = log.replace(/^::add-mask::.*$/gm, '');
    for (const secret of [LOGIN.password, basic]) expect(unmasked).not.toContain(secret);
  });

  it('T11 refuses to build over an image, and writes no output', async () => {
    await using registry = await startRegistry();
    const digest = await build(registry);
    const { exitCode, outputs, annotations, lines } = await runBundle('image-tag', {
      inputs: { images: `${registry.host}/acme/app`, exists: 'fail' },
    });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(annotations.map(({ title, message }) => [title, message])).toEqual([
      [
        'The image exists already',
        `A build would overwrite an image that may have been tested or deployed:\n${registry.host}/acme/app:${TAG} is ${digest}\nNext: take what is there instead of building it again:\nexists: reuse`,
      ],
    ]);
    expect(lines.at(-1)).toBe('1 of 1 tags of this commit is in the registry already');
  });

  it('T07 withholds latest by the word of the registry', async () => {
    await using registry = await startRegistry();
    await build(registry, { tag: '2.0.0' });
    const { outputs, lines } = await runBundle('image-tag', {
      inputs: { images: `${registry.host}/acme/app`, exists: 'fail', tags: 'type=semver,pattern={{version}}' },
      event: { name: 'push', ref: 'refs/tags/v1.9.1' },
    });
    expect(outputs).toMatchObject({ exists: 'false', 'tag-names': '1.9.1' });
    expect(lines.join('\n')).toContain(
      `latest stays with 2.0.0, which is higher than 1.9.1 (there is ${registry.host}/acme/app:2.0.0)`,
    );
  });
});

describe('image-tag as it ships, after the push', () => {
  it('T12 T18 verifies a push to two registries', async () => {
    await using one = await startRegistry();
    await using other = await startRegistry();
    const digest = await build(one);
    await build(other);
    const { exitCode, outputs, lines } = await runBundle('image-tag', {
      inputs: { images: `${one.host}/acme/app\n${other.host}/acme/app`, verify: digest, platforms: 'linux/arm64' },
    });
    expect(exitCode).toBe(0);
    expect(outputs.refs?.split('\n')).toEqual([
      `${one.host}/acme/app:${TAG}@${digest}`,
      `${other.host}/acme/app:${TAG}@${digest}`,
    ]);
    expect(outputs['deploy-ref']).toBe(`${one.host}/acme/app:${TAG}@${digest}`);
    expect(lines.at(-1)).toBe(`2 tags name ${digest}, for linux/amd64, linux/arm64, of commit ${SHA}`);
  });

  it('T12 says which of two registries differs, with both digests', async () => {
    await using one = await startRegistry();
    await using other = await startRegistry();
    const digest = await build(one);
    const another = await build(other, { content: 'another' });
    const { exitCode, outputs, annotations, lines } = await runBundle('image-tag', {
      inputs: { images: `${one.host}/acme/app\n${other.host}/acme/app`, verify: digest, timeout: '1s' },
    });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(annotations.map(({ title, message }) => [title, message.split(', after ')[0]])).toEqual([
      ['Not verified', `${other.host}/acme/app does not have what was pushed, ${digest}`],
    ]);
    expect(annotations[0]?.message).toContain(`${other.host}/acme/app:${TAG} is ${another}`);
    expect(lines.at(-1)).toBe(`1 of 2 tags do not name ${digest}`);
  });

  it('T18 does not verify an image whose revision is another commit', async () => {
    await using registry = await startRegistry();
    const revision = 'f'.repeat(40);
    const digest = await build(registry, { revision });
    const { exitCode, outputs, annotations } = await runBundle('image-tag', {
      inputs: { images: `${registry.host}/acme/app`, verify: digest },
    });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      `${digest} was not built from commit ${SHA}, by its label org.opencontainers.image.revision: linux/amd64 ${revision}, linux/arm64 ${revision}.`,
    ]);
  });

  it('T12 an empty digest, of a push that was skipped, does not pass as verified', async () => {
    const { exitCode, outputs, annotations } = await runBundle('image-tag', {
      inputs: { images: 'ghcr.io/acme/app', verify: '' },
    });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      'Input "verify" is empty: there is no digest of a push that could be verified.',
    ]);
  });

  it.each([
    ['a manifest of 10 MB', 'x'.repeat(10 * 1024 * 1024), 'answered with more than 4194304 bytes'],
    ['other content than its digest', '{}', 'answered other content than'],
  ])('T12 a registry that answers %s is not believed', async (_, body, why) => {
    const digest = `sha256:${'a'.repeat(64)}`;
    await using registry = await listen(({ method, response }) => {
      response.writeHead(200, { 'docker-content-digest': digest }).end(method === 'HEAD' ? undefined : body);
    });
    const { exitCode, outputs, annotations } = await runBundle('image-tag', {
      inputs: { images: `${new URL(registry.url).host}/acme/app`, verify: digest },
    });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(annotations.map(({ message }) => message)).toEqual([expect.stringContaining(why)]);
  });

  it('a cancelled job ends while it waits, with one clear line and without outputs', async () => {
    await using registry = await startRegistry();
    await build(registry, { tag: 'other' });
    const { exitCode, outputs, lines, annotations } = await runBundle('image-tag', {
      inputs: { images: `${registry.host}/acme/app`, verify: `sha256:${'a'.repeat(64)}`, timeout: '10m' },
      env: { RUNNER_DEBUG: '1' },
      cancel: { when: `manifests/${TAG} 404`, signal: 'SIGINT' },
    });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(lines.at(-1)).toBe('Cancelled (SIGINT): connections closed, nothing half-written.');
    expect(annotations.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
