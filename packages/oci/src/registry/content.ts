import { createHash } from 'node:crypto';
import type { HttpResponse } from '@delivery-actions/http';
import { platformName } from '../platform.ts';
import { formatReference, type ImageName, isDigest } from '../reference.ts';
import { RegistryFailure } from './failure.ts';

/** One image as it runs on one platform. */
export interface PlatformImage {
  /** `linux/amd64`, `linux/arm/v7`; see `platformName`. */
  readonly platform: string;
  readonly digest: string;
  /** Of its configuration. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of its manifest, before those of the index that it is in. */
  readonly annotations: Readonly<Record<string, string>>;
}

const INDEX_TYPES: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** All four: with none, registries answer an old manifest with another digest, or 404 (docker-registry 2.8). */
export const MANIFEST_TYPES = [
  ...INDEX_TYPES,
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** An index of an image has a manifest for each platform, and one more for the attestations of each. */
const MANIFESTS_OF_INDEX = 200;

interface Content {
  readonly name: ImageName;
  manifest(digest: string): Promise<HttpResponse>;
  blob(digest: string): Promise<HttpResponse>;
}

/** OCI image specification: index, manifest and configuration, as far as they are read here. Anything may be missing. */
interface Manifest {
  readonly mediaType?: unknown;
  readonly manifests?: unknown;
  readonly config?: { readonly digest?: unknown } | null;
  readonly annotations?: unknown;
}

interface Descriptor {
  readonly digest: string;
  readonly platform?: Platform | null;
  readonly annotations?: unknown;
}

interface Platform {
  readonly os?: unknown;
  readonly architecture?: unknown;
  readonly variant?: unknown;
}

/** Follows an index to the configurations of its images. */
export async function platformImages(digest: string, content: Content): Promise<readonly PlatformImage[]> {
  const what = formatReference({ ...content.name, digest });
  const answer = await content.manifest(digest);
  const top = parsed(answer, what);
  const type = typeof top.mediaType === 'string' ? top.mediaType : (answer.headers['content-type'] ?? '');
  if (!Array.isArray(top.manifests) && !INDEX_TYPES.includes(type.split(';')[0]?.trim() ?? ''))
    return [await platformImage(digest, top, content)];
  const descriptors = listed(top.manifests, what).filter((each) => !isAttestation(each));
  return Promise.all(
    descriptors.map(async (each) => {
      const of = formatReference({ ...content.name, digest: each.digest });
      const manifest = parsed(await content.manifest(each.digest), of);
      const image = await platformImage(each.digest, manifest, content, each.platform ?? undefined);
      return {
        ...image,
        annotations: { ...strings(top.annotations), ...strings(each.annotations), ...image.annotations },
      };
    }),
  );
}

async function platformImage(
  digest: string,
  { config, annotations }: Manifest,
  { name, blob }: Content,
  declared?: Platform,
): Promise<PlatformImage> {
  const what = formatReference({ ...name, digest });
  if (typeof config?.digest !== 'string' || !isDigest(config.digest)) throw notAnImage(what, 'it has no configuration');
  const image = parsed(await blob(config.digest), what) as Platform & { config?: { Labels?: unknown } | null };
  return {
    platform: platformOf(declared) ?? platformOf(image) ?? 'unknown',
    digest,
    labels: strings(image.config?.Labels),
    annotations: strings(annotations),
  };
}

function platformOf(platform: Platform | undefined): string | undefined {
  const { os, architecture, variant } = platform ?? {};
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  return platformName(`${os}/${architecture}${typeof variant === 'string' && variant !== '' ? `/${variant}` : ''}`);
}

/** BuildKit puts provenance and SBOM beside the images, for no platform (buildkit, "Image attestation storage"). */
function isAttestation({ platform, annotations }: Descriptor): boolean {
  return (
    strings(annotations)['vnd.docker.reference.type'] !== undefined ||
    (platform?.os === 'unknown' && platform.architecture === 'unknown')
  );
}

function listed(manifests: unknown, what: string): readonly Descriptor[] {
  const all: readonly unknown[] = Array.isArray(manifests) ? manifests : [];
  if (all.length > MANIFESTS_OF_INDEX) throw notAnImage(what, `its index has ${all.length} manifests`);
  return all.map((each) => {
    const { digest } = (each ?? {}) as { digest?: unknown };
    if (typeof digest !== 'string' || !isDigest(digest))
      throw notAnImage(what, 'its index names a manifest without a digest');
    return each as Descriptor;
  });
}

function notAnImage(what: string, why: string): RegistryFailure {
  return new RegistryFailure(
    'bad-answer',
    `${what} is not an image: ${why}`,
    'was something else pushed under that tag?',
  );
}

function parsed(answer: HttpResponse, what: string): Manifest {
  const value = answer.json();
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw notAnImage(what, 'it is no JSON object');
  return value;
}

function strings(record: unknown): Readonly<Record<string, string>> {
  if (typeof record !== 'object' || record === null) return {};
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The answer, if its content is what the digest says. */
export function trueTo(digest: string, answer: HttpResponse, what: string): HttpResponse {
  const found = digestOf(answer, digest.split(':')[0]);
  if (found === digest) return answer;
  throw new RegistryFailure(
    'bad-answer',
    `${new URL(answer.url).host} answered other content than ${what}: its digest is ${found}`,
    'the content was damaged or replaced on its way; is there a proxy or a mirror between?',
  );
}

/** The hash of the content decides, and a registry that calls it by another name is not believed at all. */
export function manifestDigest(answer: HttpResponse, what: string): string {
  const said = answer.headers['docker-content-digest'] ?? '';
  if (isDigest(said)) trueTo(said, answer, `${what}, which it calls ${said}`);
  return isDigest(said) ? said : digestOf(answer);
}

function digestOf({ body }: HttpResponse, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}
