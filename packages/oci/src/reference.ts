/** Where an image is: `registry/repository:tag@digest`, with Docker's defaults filled in. */
export interface ImageName {
  /** `ghcr.io`, `localhost:5000`, `docker.io` */
  readonly registry: string;
  /** `library/node`, `acme/checkout` */
  readonly repository: string;
}

export interface ImageReference extends ImageName {
  readonly tag?: string;
  /** `sha256:` and 64 hex digits. With a digest the tag is decoration: the digest decides. */
  readonly digest?: string;
}

/** A text that is no image reference. The message says what is wrong with it and quotes it. */
export class InvalidReference extends Error {
  override readonly name = 'InvalidReference';
}

export const TAG_MAX = 128;
/** Of the repository, without the registry (distribution/reference since v0.6). */
const REPOSITORY_MAX = 255;

const DOCKER_HUB = 'docker.io';
const LEGACY_DOCKER_HUB = 'index.docker.io';

// The grammar of distribution/reference, which Docker, containerd and every registry client share; the path and the tag
// are those of the OCI distribution specification, "Pulling manifests".
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const DOMAIN = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const TAG = `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,${TAG_MAX - 1}}`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

const ANY_DOMAIN = new RegExp(`^${DOMAIN}$`);
const ANY_PATH = new RegExp(`^${PATH}$`);
const ANY_TAG = new RegExp(`^${TAG}$`);
const REFERENCE = new RegExp(`^((?:${DOMAIN}/)?${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?$`);
/** The algorithms that the OCI image specification registers, with the length of their hex digits. */
const REGISTERED_DIGEST = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;
const IMAGE_ID = /^[a-f0-9]{64}$/;

/**
 * Reads a reference as Docker does: a first part without a dot, a port or an upper-case letter that is not `localhost` is
 * part of a Docker Hub repository, and a bare name is one of `library/`. No tag is made up. Throws InvalidReference.
 */
export function parseReference(text: string): ImageReference {
  if (IMAGE_ID.test(text)) throw new InvalidReference(`"${text}" is the id of an image, not its name`);
  const { registry, rest } = splitRegistry(text);
  const [, name, tag, digest] = REFERENCE.exec(`${registry}/${rest}`) ?? [];
  const repository = name?.slice(registry.length + 1);
  if (repository === undefined || repository === '' || !ANY_DOMAIN.test(registry))
    throw new InvalidReference(whyInvalid(text, registry, rest));
  if (repository.length > REPOSITORY_MAX)
    throw new InvalidReference(
      `"${shortened(text)}" names a repository of ${repository.length} characters: ${REPOSITORY_MAX} is the limit`,
    );
  if (digest !== undefined && !isDigest(digest)) throw new InvalidReference(badDigest(text, digest));
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The name of an image alone. A tag or a digest in it is an InvalidReference that says so. */
export function parseImageName(text: string): ImageName {
  const { registry, repository, tag, digest } = parseReference(text);
  if (tag === undefined && digest === undefined) return { registry, repository };
  const extra = digest === undefined ? `the tag "${tag}"` : tag === undefined ? 'a digest' : 'a tag and a digest';
  const bare = text.slice(0, text.length - (tag === undefined ? 0 : tag.length + 1) - (digest?.length ?? -1) - 1);
  const port = /^(?:localhost|[^/]*\.[^/]*):[0-9]+$/.test(text);
  throw new InvalidReference(
    `"${text}" has ${extra}: write the name of the image alone, "${bare}"${port ? `, or after a port its path, "${text}/app"` : ''}`,
  );
}

/** `registry/repository:tag@digest`, written out in full. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

export function isTag(text: string): boolean {
  return ANY_TAG.test(text);
}

/** Whether a registry may answer it: `sha256:` or `sha512:` with all of its lower-case hex digits. */
export function isDigest(text: string): boolean {
  return REGISTERED_DIGEST.test(text);
}

/** distribution/reference, `splitDockerDomain`. */
function splitRegistry(text: string): { registry: string; rest: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(0, slash));
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = !isHost || first === LEGACY_DOCKER_HUB ? DOCKER_HUB : first;
  const path = isHost ? text.slice(slash + 1) : text;
  return { registry, rest: registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path };
}

/** What a person would look for, in the order in which it goes wrong. */
function whyInvalid(text: string, registry: string, rest: string): string {
  const quoted = `"${shortened(text)}"`;
  if (text === '') return 'an image reference is empty';
  if (/\s/.test(text)) return `${quoted} has white space in it`;
  if (/^[a-z]+:\/\//i.test(text)) return `${quoted} is an address: write it without "${text.split('//')[0]}//"`;
  if (!ANY_DOMAIN.test(registry)) return `${quoted} has no valid host before its first slash`;
  const [beforeDigest = '', digest] = rest.split(/@(.*)/s);
  const colon = beforeDigest.indexOf(':');
  const path = colon < 0 ? beforeDigest : beforeDigest.slice(0, colon);
  if (path === '' || path === 'library/') return `${quoted} has no name`;
  if (!ANY_PATH.test(path.toLowerCase()))
    return `${quoted} is not an image name: its parts are lower-case letters and digits, with single ".", "_", "__" or dashes between them`;
  if (path !== path.toLowerCase()) return `${quoted} has upper-case letters: a repository is written in lower case`;
  if (colon >= 0 && !isTag(beforeDigest.slice(colon + 1))) {
    const tag = beforeDigest.slice(colon + 1);
    return `${quoted} has the tag "${shortened(tag)}": a tag is at most ${TAG_MAX} letters, digits, ".", "_" and "-", and starts with none of "." and "-"`;
  }
  return digest === undefined ? `${quoted} is not an image reference` : badDigest(text, digest);
}

function badDigest(text: string, digest: string): string {
  const { length } = digest.slice(digest.indexOf(':') + 1);
  const found = /^sha256:[a-f0-9]+$/.test(digest) ? `${length} digits` : `"${shortened(digest)}"`;
  return `"${shortened(text)}" has no usable digest: expected sha256: and 64 lower-case hex digits, got ${found}`;
}

function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 120)}...`;
}
