import { mkdir } from 'node:fs/promises';
import { compressed, packLayer, unpackLayer } from './layer.ts';
import { digestOf, INDEXES } from './storage.ts';

/** What an image says about itself and how it is started; the `config` of an OCI image configuration. */
export interface ImageConfig {
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  /** `NAME=value` */
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly User?: string;
}

export interface ImageContent {
  /** By path inside of the image. */
  readonly files: Readonly<Record<string, Buffer | string>>;
  readonly config?: ImageConfig;
  /** Default `linux/amd64`. */
  readonly platform?: string;
}

const TYPES = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

const ACCEPT = [TYPES.manifest, 'application/vnd.docker.distribution.manifest.v2+json', ...INDEXES].join(', ');

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface Authorized {
  /** An `Authorization` header, for a registry that wants one. */
  readonly authorization?: string;
}

/** Pushes an image of one layer and answers its digest: the same files and config give the same digest everywhere. */
export async function pushImage(
  registryUrl: string,
  repository: string,
  tag: string,
  { files, config = {}, platform = 'linux/amd64', authorization }: ImageContent & Authorized,
): Promise<string> {
  const at = `${registryUrl}/v2/${repository}`;
  const layer = await packLayer(files);
  const [os, architecture, variant] = platform.split('/');
  const image = {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    config,
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: await pushBlob(at, TYPES.config, Buffer.from(JSON.stringify(image)), authorization),
    layers: [await pushBlob(at, TYPES.layer, compressed(layer), authorization)],
  };
  return pushManifest(at, tag, TYPES.manifest, manifest, authorization);
}

/** Pushes one image for each platform and an index of them all; answers the index's digest. */
export async function pushIndex(
  registryUrl: string,
  repository: string,
  tag: string,
  images: readonly (ImageContent & { readonly platform: string })[],
  { authorization }: Authorized = {},
): Promise<string> {
  const at = `${registryUrl}/v2/${repository}`;
  const manifests = [];
  for (const image of images) {
    const [os, architecture] = image.platform.split('/');
    const own = `${tag}-${architecture}`;
    const digest = await pushImage(registryUrl, repository, own, {
      ...image,
      ...(authorization === undefined ? {} : { authorization }),
    });
    const { body } = await get(`${at}/manifests/${digest}`, authorization);
    manifests.push({ mediaType: TYPES.manifest, digest, size: body.length, platform: { os, architecture } });
  }
  return pushManifest(at, tag, TYPES.index, { schemaVersion: 2, mediaType: TYPES.index, manifests }, authorization);
}

/**
 * Fetches an image and lays its files into the folder; `reference` is `127.0.0.1:PORT/name:tag` or `...@digest`. Of an
 * index the image of `platform`. Everything is checked against its digest.
 */
export async function pullImage(
  reference: string,
  intoFolder: string,
  { platform = 'linux/amd64', authorization }: { platform?: string } & Authorized = {},
): Promise<{ readonly digest: string; readonly config: ImageConfig }> {
  const [, host = '', repository = '', tag = 'latest', digest] =
    /^([^/]+)\/([^:@]+)(?::([\w.-]+))?(?:@(sha256:[a-f0-9]{64}))?$/.exec(reference) ?? [];
  if (host === '') throw new Error(`"${reference}" is not the reference of an image with its registry`);
  const at = `http://${host}/v2/${repository}`;
  const top = await get(`${at}/manifests/${digest ?? tag}`, authorization, digest);
  let manifest = JSON.parse(top.body.toString('utf8'));
  if (Array.isArray(manifest.manifests)) {
    const [os, architecture] = platform.split('/');
    const own = manifest.manifests.find(
      (each: { platform?: { os: string; architecture: string } }) =>
        each.platform?.os === os && each.platform?.architecture === architecture,
    );
    if (own === undefined) throw new Error(`${reference} has no image for ${platform}`);
    manifest = JSON.parse(
      (await get(`${at}/manifests/${own.digest}`, authorization, own.digest)).body.toString('utf8'),
    );
  }
  const { config, layers } = manifest as { config: Descriptor; layers: readonly Descriptor[] };
  const image = await get(`${at}/blobs/${config.digest}`, authorization, config.digest);
  await mkdir(intoFolder, { recursive: true });
  for (const layer of layers)
    await unpackLayer((await get(`${at}/blobs/${layer.digest}`, authorization, layer.digest)).body, intoFolder);
  return { digest: digest ?? digestOf(top.body), config: JSON.parse(image.body.toString('utf8')).config ?? {} };
}

async function pushBlob(at: string, mediaType: string, content: Buffer, authorization?: string): Promise<Descriptor> {
  const digest = digestOf(content);
  const start = await send(`${at}/blobs/uploads/`, { method: 'POST', expected: 202, authorization });
  const location = new URL(start.headers.get('location') ?? '', at);
  location.searchParams.set('digest', digest);
  await send(location, {
    method: 'PUT',
    expected: 201,
    authorization,
    body: content,
    type: 'application/octet-stream',
  });
  return { mediaType, digest, size: content.length };
}

async function pushManifest(at: string, tag: string, type: string, manifest: object, authorization?: string) {
  const body = Buffer.from(JSON.stringify(manifest));
  await send(`${at}/manifests/${tag}`, { method: 'PUT', expected: 201, authorization, body, type });
  return digestOf(body);
}

async function get(url: string, authorization?: string, digest?: string): Promise<{ body: Buffer }> {
  const answer = await send(url, { method: 'GET', expected: 200, authorization });
  const body = Buffer.from(await answer.arrayBuffer());
  if (digest !== undefined && digestOf(body) !== digest)
    throw new Error(`${url} answered with other content: ${digestOf(body)}`);
  return { body };
}

async function send(
  url: string | URL,
  {
    method,
    expected,
    authorization,
    body,
    type,
  }: { method: string; expected: number; authorization?: string | undefined; body?: Buffer; type?: string },
): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers: {
      accept: ACCEPT,
      ...(authorization === undefined ? {} : { authorization }),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  if (answer.status !== expected)
    throw new Error(`${method} ${String(url)} answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  return answer;
}
