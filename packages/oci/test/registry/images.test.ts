import { httpClient } from '@delivery-actions/http';
import { pushImage, pushIndex, type RegistryStandIn, startRegistry } from '@delivery-actions/stand-ins';
import { describe, expect, it } from 'vitest';
import { type CredentialStore, ociRegistry, parseImageName, platformName } from '../../src/index.ts';

const LOGIN = { username: 'deployer', password: 'correct horse' };
const PASSWORD: CredentialStore = async () => ({ kind: 'password', ...LOGIN, source: 'the test' });
const REVISION = 'org.opencontainers.image.revision';

const client = (credentials?: CredentialStore) =>
  ociRegistry({ http: httpClient({ wait: async () => {} }), ...(credentials === undefined ? {} : { credentials }) });
const named = (registry: RegistryStandIn, repository: string) => parseImageName(`${registry.host}/${repository}`);

function put(registry: RegistryStandIn, repository: string, reference: string, type: string, manifest: object) {
  return fetch(`${registry.url}/v2/${repository}/manifests/${reference}`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body: JSON.stringify(manifest),
  });
}

describe('the images of a digest', () => {
  it('are those of an index, with the labels of each, and of one image that one', async () => {
    await using registry = await startRegistry();
    const image = (platform: string) => ({
      files: { a: platform },
      platform,
      config: { Labels: { [REVISION]: platform } },
    });
    const index = await pushIndex(registry.url, 'app', 'v1', [image('linux/amd64'), image('linux/arm64')]);
    const images = await client().images(named(registry, 'app'), index);
    expect(images.map(({ platform, labels }) => [platform, labels])).toEqual([
      ['linux/amd64', { [REVISION]: 'linux/amd64' }],
      ['linux/arm64', { [REVISION]: 'linux/arm64' }],
    ]);
    const single = await pushImage(registry.url, 'app', 'v2', image('linux/arm/v6'));
    expect(await client().images(named(registry, 'app'), single)).toEqual([
      { platform: 'linux/arm/v6', digest: single, labels: { [REVISION]: 'linux/arm/v6' }, annotations: {} },
    ]);
  });

  it('are not the attestations that stand beside them, and have the annotations of manifest and index', async () => {
    await using registry = await startRegistry();
    const digest = await pushImage(registry.url, 'app', 'one', { files: {} });
    const proof = await pushImage(registry.url, 'app', 'proof', { files: { proof: '' } });
    const type = 'application/vnd.oci.image.index.v1+json';
    const platform = (os: string, architecture: string) => ({ platform: { os, architecture } });
    await put(registry, 'app', 'v1', type, {
      ...{ schemaVersion: 2, mediaType: type, annotations: { a: 'index', b: 'index' } },
      manifests: [
        { digest, size: 1, annotations: { b: 'descriptor' }, ...platform('linux', 'amd64') },
        { digest: proof, size: 1, ...platform('unknown', 'unknown') },
      ],
    });
    const index = await client().digest({ ...named(registry, 'app'), tag: 'v1' });
    expect(await client().images(named(registry, 'app'), index)).toMatchObject([
      { platform: 'linux/amd64', digest, annotations: { a: 'index', b: 'descriptor' } },
    ]);
  });

  it('are asked for with one login, which is renewed when its token has ended', async () => {
    await using registry = await startRegistry();
    const digest = await pushImage(registry.url, 'acme/app', 'v1', { files: {} });
    registry.behaviour.access = { kind: 'token', login: LOGIN };
    const asking = client(PASSWORD);
    const tokens = () => registry.requests.filter(({ path }) => path.startsWith('/token')).length;
    expect(await asking.images(named(registry, 'acme/app'), digest)).toHaveLength(1);
    expect(tokens()).toBe(1);
    // What the registry answers to a token that it no longer knows.
    registry.failNext({
      ...{ status: 401, of: /manifests/ },
      headers: { 'www-authenticate': `Bearer realm="${registry.url}/token",service="registry.example"` },
    });
    expect(await asking.images(named(registry, 'acme/app'), digest)).toHaveLength(1);
    expect(tokens()).toBe(2);
  });

  it.each([
    ['linux/amd64', 'linux/amd64'],
    [' Linux/x86_64', 'linux/amd64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['linux/armhf', 'linux/arm/v7'],
    ['windows/amd64', 'windows/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
  ])('platform %s is %s', (written, name) => {
    expect(platformName(written)).toBe(name);
  });
});

describe('the tags of a repository', () => {
  it('are read page by page, and are none where there is no repository', async () => {
    await using registry = await startRegistry({ tagsOfPage: 2 });
    for (const tag of ['v1', 'v2', 'v3', 'v4', 'v5']) await pushImage(registry.url, 'acme/app', tag, { files: {} });
    const before = registry.requests.length;
    expect(await client().tags(named(registry, 'acme/app'))).toEqual(['v1', 'v2', 'v3', 'v4', 'v5']);
    expect(registry.requests.slice(before).map(({ path }) => path)).toEqual([
      '/v2/acme/app/tags/list?n=1000',
      '/v2/acme/app/tags/list?last=v2&n=2',
      '/v2/acme/app/tags/list?last=v4&n=2',
    ]);
    expect(await client().tags(named(registry, 'acme/other'))).toEqual([]);
  });

  it('are seen with the login of the repository, or are an error', async () => {
    await using registry = await startRegistry();
    await pushImage(registry.url, 'app', 'v1', { files: {} });
    registry.behaviour.access = { kind: 'basic', login: LOGIN };
    expect(await client(PASSWORD).tags(named(registry, 'app'))).toEqual(['v1']);
    await expect(client().tags(named(registry, 'app'))).rejects.toThrow(
      `${registry.host} does not show the tags of ${registry.host}/app without credentials that it knows (401)`,
    );
  });
});
