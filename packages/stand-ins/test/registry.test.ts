import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pullImage, pushImage, startRegistry } from '@delivery-actions/stand-ins';
import { describe, expect, it } from 'vitest';
import { packLayer, unpackLayer } from '../src/registry/layer.ts';
import { REGISTRY_CONTRACT } from './registry-contract.ts';

const LOGIN = { username: 'deployer', password: 'correct horse' };
const BASIC = `Basic ${Buffer.from('deployer:correct horse').toString('base64')}`;

describe('what every registry does', () => {
  for (const { name, check } of REGISTRY_CONTRACT)
    it(name, async () => {
      await using registry = await startRegistry();
      // As Debian's docker-registry 2.8.2 behaves.
      await check(registry.url, {
        indexWithoutAccept: 404,
        missingRepository: 'MANIFEST_UNKNOWN',
        checksLayers: true,
        mounts: true,
      });
    });
});

describe('who may', () => {
  it('asks for Basic, and lets the login push and pull', async () => {
    await using registry = await startRegistry({ access: { kind: 'basic', login: LOGIN } });
    const asked = await fetch(`${registry.url}/v2/`);
    expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="registry.example"']);
    await expect(pushImage(registry.url, 'app', 'v1', { files: {} })).rejects.toThrow('answered 401');
    const digest = await pushImage(registry.url, 'app', 'v1', { files: { a: '1' }, authorization: BASIC });
    const pulled = await pullImage(`${registry.host}/app:v1`, mkdtempSync(join(tmpdir(), 'image-')), {
      authorization: BASIC,
    });
    expect(pulled.digest).toBe(digest);
  });

  it('sends a client to the token service and grants what the login may', async () => {
    await using registry = await startRegistry({ access: { kind: 'token', login: LOGIN, anonymousPull: true } });
    const asked = await fetch(`${registry.url}/v2/acme/app/manifests/v1`, { method: 'PUT' });
    expect(asked.headers.get('www-authenticate')).toBe(
      `Bearer realm="${registry.url}/token",service="registry.example",scope="repository:acme/app:pull,push"`,
    );
    const token = async (headers: Record<string, string>) => {
      const url = `${registry.url}/token?service=registry.example&scope=repository:acme/app:pull,push`;
      const answer = await fetch(url, { headers });
      return `Bearer ${((await answer.json()) as { token: string }).token}`;
    };
    const push = (authorization: string) => pushImage(registry.url, 'acme/app', 'v1', { files: {}, authorization });
    await expect(push(await token({}))).rejects.toThrow('answered 401');
    const digest = await push(await token({ authorization: BASIC }));
    const folder = mkdtempSync(join(tmpdir(), 'image-'));
    const pulled = await pullImage(`${registry.host}/acme/app:v1`, folder, { authorization: await token({}) });
    expect(pulled.digest).toBe(digest);
    expect(
      (await fetch(`${registry.url}/token?service=registry.example`, { headers: { authorization: 'Basic x' } })).status,
    ).toBe(401);
  });
});

describe('what a test asks of it', () => {
  it('records requests and fails the ones that fit, as often as it was told', async () => {
    await using registry = await startRegistry();
    registry.failNext({ status: 429, headers: { 'retry-after': '1' }, times: 2, of: /^HEAD / });
    const statuses = [];
    for (const method of ['GET', 'HEAD', 'HEAD', 'HEAD'])
      statuses.push((await fetch(`${registry.url}/v2/`, { method })).status);
    expect(statuses).toEqual([200, 429, 429, 200]);
    expect(registry.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v2/',
      ...Array(3).fill('HEAD /v2/'),
    ]);
  });

  it('leaves the digest header away, as old registries do', async () => {
    await using registry = await startRegistry({ withoutDigestHeader: true });
    await pushImage(registry.url, 'app', 'v1', { files: {} });
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    const answer = await fetch(`${registry.url}/v2/app/manifests/v1`, { headers: { accept } });
    expect([answer.status, answer.headers.has('docker-content-digest')]).toEqual([200, false]);
  });
});

describe('layers', () => {
  it('are the same bytes whatever the order of the files', async () => {
    const one = await packLayer({ 'b/c.txt': 'c', 'a.txt': 'a', '/b/d.sh': '#!/bin/sh\n' });
    const other = await packLayer({ 'b/d.sh': '#!/bin/sh\n', 'a.txt': 'a', 'b/c.txt': 'c' });
    expect(one.equals(other)).toBe(true);
  });

  it('that are compressed are unpacked, and one that would leave the folder is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'layer-'));
    await unpackLayer(gzipSync(await packLayer({ 'a.txt': 'a' })), folder);
    const escaping = await packLayer({ '../a.txt': 'a' });
    await expect(unpackLayer(escaping, folder)).rejects.toThrow('the layer has "../", which is outside of the image');
  });
});
