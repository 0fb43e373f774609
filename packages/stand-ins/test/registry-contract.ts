import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpClient } from '@delivery-actions/http';
import { ociRegistry, parseReference } from '@delivery-actions/oci';
import { pullImage, pushImage, pushIndex } from '@delivery-actions/stand-ins';

/** Where registries differ, each seen by running it. */
export interface RegistryManners {
  /** An index for a client that names no manifest type in Accept. */
  readonly indexWithoutAccept: 200 | 404;
  readonly missingRepository: 'MANIFEST_UNKNOWN' | 'NAME_UNKNOWN';
  /** Whether a manifest is refused while a layer of it is missing. */
  readonly checksLayers: boolean;
  /** Whether a blob of another repository is taken over without an upload, which the specification leaves open. */
  readonly mounts: boolean;
}

/** What any registry does that this project pushes to or reads from; each check throws when it does not. */
export interface ContractCheck {
  readonly name: string;
  check(url: string, manners: RegistryManners): Promise<void>;
}

/** The digest of `SERVICE`, the same on every registry and every machine. */
export const SERVICE_DIGEST = 'sha256:196185d2b92d32429c81bffe673740903d6f9c5fcbab01b273973d9319d9c7c6';

const SERVICE = {
  files: { 'app/server.js': "console.log('hello');\n", 'app/package.json': '{"name":"checkout"}\n' },
  config: {
    Cmd: ['node', 'server.js'],
    WorkingDir: '/app',
    Labels: { 'org.opencontainers.image.revision': 'a3f91c2' },
  },
};

export const REGISTRY_CONTRACT: readonly ContractCheck[] = [
  {
    name: 'GET /v2/ says that it is a registry',
    async check(url) {
      assert.equal((await fetch(`${url}/v2/`)).status, 200);
    },
  },
  {
    name: 'a pushed image has the same digest by tag, by HEAD, by its bytes and on every machine',
    async check(url) {
      const digest = await pushImage(url, 'contract/service', 'v1', SERVICE);
      assert.equal(digest, SERVICE_DIGEST);
      assert.equal(await resolved(url, 'contract/service:v1'), digest);
      const answer = await manifest(url, 'contract/service', 'v1', 'application/vnd.oci.image.manifest.v1+json');
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('docker-content-digest'), digest);
      assert.equal(digestOf(Buffer.from(await answer.arrayBuffer())), digest);
    },
  },
  {
    name: 'a tag moves to what was pushed last, and the old digest stays',
    async check(url) {
      const before = await pushImage(url, 'contract/moving', 'latest', SERVICE);
      const after = await pushImage(url, 'contract/moving', 'latest', { ...SERVICE, files: { 'app/server.js': '' } });
      assert.notEqual(before, after);
      assert.equal(await resolved(url, 'contract/moving'), after);
      const old = await manifest(url, 'contract/moving', before, 'application/vnd.oci.image.manifest.v1+json');
      assert.equal(old.status, 200);
    },
  },
  {
    name: 'a pulled image is the pushed one',
    async check(url) {
      const digest = await pushImage(url, 'contract/pulled', 'v1', SERVICE);
      const folder = mkdtempSync(join(tmpdir(), 'image-'));
      const pulled = await pullImage(`${new URL(url).host}/contract/pulled:v1@${digest}`, folder);
      assert.deepEqual(pulled, { digest, config: SERVICE.config });
      assert.equal(readFileSync(join(folder, 'app/server.js'), 'utf8'), SERVICE.files['app/server.js']);
    },
  },
  {
    name: 'an index has a digest of its own and an image for each platform',
    async check(url) {
      const digest = await pushIndex(url, 'contract/index', 'v1', [
        { files: { platform: 'amd64' }, platform: 'linux/amd64' },
        { files: { platform: 'arm64' }, platform: 'linux/arm64' },
      ]);
      assert.equal(await resolved(url, 'contract/index:v1'), digest);
      const folder = mkdtempSync(join(tmpdir(), 'image-'));
      await pullImage(`${new URL(url).host}/contract/index:v1`, folder, { platform: 'linux/arm64' });
      assert.equal(readFileSync(join(folder, 'platform'), 'utf8'), 'arm64');
    },
  },
  {
    name: 'an index for a client that does not say that it knows the type',
    async check(url, { indexWithoutAccept }) {
      await pushIndex(url, 'contract/accept', 'v1', [{ files: { a: '' }, platform: 'linux/amd64' }]);
      for (const method of ['HEAD', 'GET'])
        assert.equal((await manifest(url, 'contract/accept', 'v1', 'text/plain', method)).status, indexWithoutAccept);
    },
  },
  {
    name: 'a blob in chunks, and one whose digest is another',
    async check(url) {
      const content = Buffer.from('two chunks of one blob');
      let at = await startUpload(url, 'contract/chunks');
      for (const [start, end] of [
        [0, 9],
        [10, content.length - 1],
      ] as const) {
        const answer = await fetch(at, {
          method: 'PATCH',
          headers: { 'content-type': 'application/octet-stream', 'content-range': `${start}-${end}` },
          body: content.subarray(start, end + 1),
        });
        assert.equal(answer.status, 202);
        assert.equal(answer.headers.get('range'), `0-${end}`);
        at = new URL(answer.headers.get('location') ?? '', url);
      }
      at.searchParams.set('digest', digestOf(content));
      const end = await fetch(at, { method: 'PUT' });
      assert.equal(end.status, 201);
      const blob = await fetch(`${url}/v2/contract/chunks/blobs/${digestOf(content)}`);
      assert.equal(await blob.text(), content.toString());

      const wrong = await startUpload(url, 'contract/chunks');
      wrong.searchParams.set('digest', digestOf(Buffer.from('something else')));
      const refused = await fetch(wrong, { method: 'PUT', body: content });
      assert.deepEqual(await problem(refused), { status: 400, code: 'DIGEST_INVALID' });
    },
  },
  {
    name: 'a blob of another repository is mounted, one that it does not have is to be uploaded',
    async check(url, { mounts }) {
      const content = Buffer.from('a layer of two images');
      const at = await startUpload(url, 'contract/source');
      at.searchParams.set('digest', digestOf(content));
      assert.equal((await fetch(at, { method: 'PUT', body: content })).status, 201);
      const mount = (digest: string) =>
        fetch(`${url}/v2/contract/target/blobs/uploads/?mount=${digest}&from=contract/source`, { method: 'POST' });
      assert.equal((await mount(digestOf(content))).status, mounts ? 201 : 202);
      assert.equal(
        (await fetch(`${url}/v2/contract/target/blobs/${digestOf(content)}`, { method: 'HEAD' })).status,
        200,
      );
      assert.equal((await mount(digestOf(Buffer.from('nobody has this')))).status, 202);
    },
  },
  {
    name: 'what is not there: tag, repository, blob, layers of a manifest',
    async check(url, { missingRepository, checksLayers }) {
      await pushImage(url, 'contract/missing', 'v1', SERVICE);
      const tag = await manifest(url, 'contract/missing', 'v2', '*/*');
      assert.deepEqual(await problem(tag), { status: 404, code: 'MANIFEST_UNKNOWN' });
      const repository = await manifest(url, 'contract/nothing', 'v1', '*/*');
      assert.deepEqual(await problem(repository), { status: 404, code: missingRepository });
      const tags = await fetch(`${url}/v2/contract/nothing/tags/list`);
      assert.deepEqual(await problem(tags), { status: 404, code: 'NAME_UNKNOWN' });
      const blob = await fetch(`${url}/v2/contract/missing/blobs/${digestOf(Buffer.from('not there'))}`);
      assert.deepEqual(await problem(blob), { status: 404, code: 'BLOB_UNKNOWN' });
      const layer = {
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest: digestOf(Buffer.from('gone')),
        size: 4,
      };
      const type = 'application/vnd.oci.image.manifest.v1+json';
      const config = { ...layer, mediaType: 'application/vnd.oci.image.config.v1+json' };
      const incomplete = await fetch(`${url}/v2/contract/missing/manifests/v3`, {
        method: 'PUT',
        headers: { 'content-type': type },
        body: JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [layer] }),
      });
      if (checksLayers) assert.deepEqual(await problem(incomplete), { status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
      else assert.equal(incomplete.status, 201);
    },
  },
  {
    name: 'the tags of a repository',
    async check(url) {
      for (const tag of ['v2', 'v1']) await pushImage(url, 'contract/tags', tag, SERVICE);
      const answer = await fetch(`${url}/v2/contract/tags/tags/list`);
      assert.deepEqual(await answer.json(), { name: 'contract/tags', tags: ['v1', 'v2'] });
    },
  },
];

async function resolved(url: string, image: string): Promise<string> {
  return ociRegistry({ http: httpClient() }).digest(parseReference(`${new URL(url).host}/${image}`));
}

async function manifest(url: string, name: string, reference: string, accept: string, method = 'GET') {
  return fetch(`${url}/v2/${name}/manifests/${reference}`, { method, headers: { accept } });
}

async function startUpload(url: string, repository: string): Promise<URL> {
  const answer = await fetch(`${url}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  assert.equal(answer.status, 202);
  return new URL(answer.headers.get('location') ?? '', url);
}

async function problem(answer: Response): Promise<{ status: number; code: string | undefined }> {
  const { errors } = (await answer.json()) as { errors: { code: string }[] };
  return { status: answer.status, code: errors[0]?.code };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
