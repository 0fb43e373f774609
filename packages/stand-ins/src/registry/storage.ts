import { createHash } from 'node:crypto';
import { RegistryError } from './registry-error.ts';

export interface StoredManifest {
  readonly mediaType: string;
  readonly body: Buffer;
}

export interface Repository {
  /** Digests of the blobs that were pushed or mounted here. */
  readonly blobs: Set<string>;
  /** By digest. */
  readonly manifests: Map<string, StoredManifest>;
  /** Tag to digest. A test may point one elsewhere. */
  readonly tags: Map<string, string>;
}

export interface Storage {
  readonly repositories: ReadonlyMap<string, Repository>;
  repository(name: string): Repository;
  /** Where something is read from: throws NAME_UNKNOWN when nothing was ever pushed there. */
  known(name: string): Repository;
  blob(name: string, digest: string): Buffer;
  putBlob(name: string, content: Buffer): string;
  /** Answers whether the other repository had it. */
  mount(name: string, digest: string, from: string): boolean;
  manifest(name: string, reference: string): StoredManifest & { readonly digest: string };
  putManifest(name: string, reference: string, manifest: StoredManifest): string;
}

export const DIGEST = /^sha256:[a-f0-9]{64}$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

export const INDEXES = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

interface ManifestBody {
  readonly mediaType?: string;
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

/** What a registry keeps, in memory. */
export function storage(): Storage {
  const repositories = new Map<string, Repository>();
  const contents = new Map<string, Buffer>();

  const store: Storage = {
    repositories,
    repository(name) {
      const found = repositories.get(name) ?? { blobs: new Set(), manifests: new Map(), tags: new Map() };
      repositories.set(name, found);
      return found;
    },
    known(name) {
      const found = repositories.get(name);
      if (found === undefined) throw new RegistryError('NAME_UNKNOWN', 'repository name not known to registry');
      return found;
    },
    blob(name, digest) {
      const content = repositories.get(name)?.blobs.has(digest) ? contents.get(digest) : undefined;
      if (content === undefined) throw new RegistryError('BLOB_UNKNOWN', 'blob unknown to registry');
      return content;
    },
    putBlob(name, content) {
      const digest = digestOf(content);
      contents.set(digest, content);
      store.repository(name).blobs.add(digest);
      return digest;
    },
    mount(name, digest, from) {
      const there = repositories.get(from)?.blobs.has(digest) ?? false;
      if (there) store.repository(name).blobs.add(digest);
      return there;
    },
    manifest(name, reference) {
      const repository = repositories.get(name);
      const digest = DIGEST.test(reference) ? reference : repository?.tags.get(reference);
      const found = digest === undefined ? undefined : repository?.manifests.get(digest);
      if (digest === undefined || found === undefined) throw new RegistryError('MANIFEST_UNKNOWN', 'manifest unknown');
      return { ...found, digest };
    },
    putManifest(name, reference, manifest) {
      const digest = digestOf(manifest.body);
      if (DIGEST.test(reference) && reference !== digest)
        throw new RegistryError('DIGEST_INVALID', 'provided digest did not match uploaded content');
      if (!DIGEST.test(reference) && !TAG.test(reference))
        throw new RegistryError('TAG_INVALID', 'manifest tag did not match URI');
      const repository = store.repository(name);
      checkParts(manifest, repository);
      repository.manifests.set(digest, manifest);
      if (!DIGEST.test(reference)) repository.tags.set(reference, digest);
      return digest;
    },
  };
  return store;
}

export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** A registry takes a manifest only when it has everything that the manifest names. */
function checkParts({ mediaType, body }: StoredManifest, { blobs, manifests }: Repository): void {
  let manifest: ManifestBody;
  try {
    manifest = JSON.parse(body.toString('utf8')) as ManifestBody;
  } catch {
    throw new RegistryError('MANIFEST_INVALID', 'manifest invalid');
  }
  const index = INDEXES.has(mediaType);
  if (index ? !Array.isArray(manifest.manifests) : manifest.config === undefined || !Array.isArray(manifest.layers))
    throw new RegistryError('MANIFEST_INVALID', 'manifest invalid');
  const parts = index ? (manifest.manifests ?? []) : [manifest.config, ...(manifest.layers ?? [])];
  const missing = parts.find((part) => part !== undefined && !(index ? manifests : blobs).has(part.digest));
  if (missing !== undefined)
    throw new RegistryError('MANIFEST_BLOB_UNKNOWN', `manifest blob unknown to registry: ${missing.digest}`);
}
