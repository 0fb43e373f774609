import type { HttpResponse } from '@delivery-actions/http';
import { formatReference, type ImageName, type ImageReference, isDigest, isTag } from '../reference.ts';
import { MANIFEST_TYPES, manifestDigest, type PlatformImage, platformImages, trueTo } from './content.ts';
import { RegistryFailure } from './failure.ts';
import { registryHost } from './host.ts';
import { refusal, unreachable } from './refusal.ts';
import { registrySession, type SessionOptions } from './session.ts';

export interface Registry {
  /**
   * The digest of what the reference names now: for an image of several platforms that of its index. A digest in the
   * reference is the answer, without a question. Throws RegistryFailure.
   */
  digest(reference: ImageReference): Promise<string>;
}

/** What a registry says of its images beyond their digests. Everything is checked against its digest. Throws RegistryFailure. */
export interface ImageRegistry extends Registry {
  /** The images behind a digest: one for each platform of an index, without its attestations, or the one image itself. */
  images(name: ImageName, digest: string): Promise<readonly PlatformImage[]>;
  /** All tags of a repository; none where the registry does not know it. */
  tags(name: ImageName): Promise<readonly string[]>;
}

/** The most that registries take (distribution specification, "Pushing Manifests"); configurations are smaller. */
const CONTENT_BYTES = 4 * 1024 * 1024;
/** A repository with more tags than these pages hold is not read to its end. */
const TAG_PAGES = 100;
const TAGS_OF_PAGE = 1_000;

/** Reads from registries by the OCI distribution specification. Authorizations are kept as long as this object is. */
export function ociRegistry(options: SessionOptions): ImageRegistry {
  const session = registrySession(options);

  function manifest(method: 'HEAD' | 'GET', name: ImageName, reference: string): Promise<HttpResponse> {
    return session(name, { method, path: `manifests/${reference}`, accept: MANIFEST_TYPES, maxBytes: CONTENT_BYTES });
  }

  /** The content that has this digest. */
  async function content(name: ImageName, kind: 'manifests' | 'blobs', digest: string): Promise<HttpResponse> {
    const accept = kind === 'manifests' ? MANIFEST_TYPES : '*/*';
    const what = formatReference({ ...name, digest });
    try {
      const answer = await session(name, {
        method: 'GET',
        path: `${kind}/${digest}`,
        accept,
        maxBytes: CONTENT_BYTES,
      });
      if (answer.status !== 200) throw refusal(answer, what, name);
      return trueTo(digest, answer, what);
    } catch (error) {
      throw unreachable(error, name);
    }
  }

  return {
    async digest(reference) {
      if (reference.digest !== undefined) return reference.digest;
      const tag = reference.tag ?? 'latest';
      const what = formatReference({ ...reference, tag });
      try {
        // On Docker Hub a HEAD is not counted as a pull.
        const head = await manifest('HEAD', reference, tag);
        const known = head.headers['docker-content-digest'] ?? '';
        if (head.status === 200 && isDigest(known)) return known;
        // Some registries do not answer HEAD, and old ones do not name the digest.
        if (head.status !== 200 && head.status !== 405 && head.status !== 501) throw refusal(head, what, reference);
        const whole = await manifest('GET', reference, tag);
        if (whole.status !== 200) throw refusal(whole, what, reference);
        return manifestDigest(whole, what);
      } catch (error) {
        throw unreachable(error, reference);
      }
    },

    images: (name, digest) =>
      platformImages(digest, {
        name,
        manifest: (of) => content(name, 'manifests', of),
        blob: (of) => content(name, 'blobs', of),
      }),

    async tags(name) {
      const what = `the tags of ${formatReference(name)}`;
      const tags: string[] = [];
      let page: string | undefined = `tags/list?n=${TAGS_OF_PAGE}`;
      try {
        for (let pages = 0; page !== undefined; pages += 1) {
          if (pages === TAG_PAGES)
            throw new RegistryFailure(
              'bad-answer',
              `${registryHost(name.registry)} has more than ${TAG_PAGES} pages of tags for ${formatReference(name)}`,
              'are old tags ever removed there?',
            );
          const answer: HttpResponse = await session(name, {
            method: 'GET',
            path: page,
            accept: 'application/json',
            maxBytes: CONTENT_BYTES,
          });
          if (answer.status === 404 && pages === 0) return [];
          if (answer.status !== 200) throw refusal(answer, what, name);
          tags.push(...tagsOf(answer.json()));
          page = nextPage(answer.headers.link);
        }
      } catch (error) {
        throw unreachable(error, name);
      }
      return tags;
    },
  };
}

function tagsOf(answer: unknown): readonly string[] {
  const { tags } = (answer ?? {}) as { tags?: unknown };
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string' && isTag(tag)) : [];
}

/** Only the query of `</v2/NAME/tags/list?n=100&last=b>; rel="next"` is taken, so that no page is asked for elsewhere. */
function nextPage(link: string | undefined): string | undefined {
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '') ?? [];
  if (target === undefined || !URL.canParse(target, 'https://registry.invalid')) return undefined;
  return `tags/list${new URL(target, 'https://registry.invalid').search}`;
}
