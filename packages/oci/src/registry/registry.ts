import { createHash } from 'node:crypto';
import type { HttpClient, HttpResponse } from '@delivery-actions/http';
import { formatReference, type ImageReference, isDigest } from '../reference.ts';
import { authorize, loginHint, unreachable } from './authorization.ts';
import type { CredentialStore } from './credentials.ts';
import { RegistryFailure } from './failure.ts';
import { registryHost, registryOrigin } from './host.ts';

export interface Registry {
  /**
   * The digest of what the reference names now: for an image of several platforms that of its index. A digest in the
   * reference is the answer, without a question. Throws RegistryFailure.
   */
  digest(reference: ImageReference): Promise<string>;
}

interface RegistryOptions {
  readonly http: HttpClient;
  readonly credentials?: CredentialStore;
  /** Gets every token before it is used. */
  readonly mask?: (secret: string) => void;
}

/** All four: with none, registries answer an old manifest with another digest, or 404 (docker-registry 2.8). */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const MANIFEST_BYTES = 4 * 1024 * 1024;

/** Reads from registries by the OCI distribution specification. Authorizations are kept as long as this object is. */
export function ociRegistry({ http, credentials = async () => undefined, mask = () => {} }: RegistryOptions): Registry {
  /** Promises, so that two questions about one repository are one login. */
  const authorizations = new Map<string, Promise<string | undefined>>();

  async function ask(method: 'HEAD' | 'GET', reference: ImageReference): Promise<HttpResponse> {
    const { registry, repository, tag = 'latest' } = reference;
    const send = async (authorization: Promise<string | undefined> | undefined) => {
      const value = await authorization;
      return http.request({
        method,
        url: `${registryOrigin(registry)}/v2/${repository}/manifests/${tag}`,
        headers: { accept: MANIFESTS, ...(value === undefined ? {} : { authorization: value }) },
        maxBytes: MANIFEST_BYTES,
        // To a blob store; authorization stays at its origin.
        redirects: 3,
        retries: 3,
      });
    };
    const key = `${registry}/${repository}`;
    const used = authorizations.get(key);
    const first = await send(used);
    if (first.status !== 401 || used !== undefined) return first;
    const login = async () =>
      authorize(first.headers['www-authenticate'] ?? '', {
        http,
        name: reference,
        credentials: await credentials(registry),
        mask,
      });
    const authorization = authorizations.get(key) ?? login();
    authorizations.set(key, authorization);
    return (await authorization) === undefined ? first : send(authorization);
  }

  return {
    async digest(reference) {
      if (reference.digest !== undefined) return reference.digest;
      try {
        // On Docker Hub a HEAD is not counted as a pull.
        const head = await ask('HEAD', reference);
        const known = head.headers['docker-content-digest'] ?? '';
        if (head.status === 200 && isDigest(known)) return known;
        // Some registries do not answer HEAD, and old ones do not name the digest.
        if (head.status !== 200 && head.status !== 405 && head.status !== 501) throw refusal(head, reference);
        const whole = await ask('GET', reference);
        if (whole.status !== 200) throw refusal(whole, reference);
        return `sha256:${createHash('sha256').update(whole.body).digest('hex')}`;
      } catch (error) {
        throw unreachable(error, reference);
      }
    },
  };
}

function refusal({ status, headers }: HttpResponse, reference: ImageReference): RegistryFailure {
  const image = formatReference({ ...reference, tag: reference.tag ?? 'latest' });
  const host = registryHost(reference.registry);
  switch (status) {
    case 401:
      return new RegistryFailure(
        'credentials-wanted',
        `${host} does not show ${image} without credentials that it knows (401)`,
        loginHint(reference.registry),
      );
    case 403:
      return new RegistryFailure(
        'denied',
        `${host} does not show ${image} to these credentials (403): they may not pull it, or it does not exist`,
        'give the login the right to pull (on ghcr.io: "packages: read" under "permissions:")',
      );
    case 404:
      return new RegistryFailure(
        'not-found',
        `${image} does not exist: ${host} knows no such repository or tag (404)`,
        'check its name and tag; some registries also answer so when the login may not see it',
      );
    case 429:
      return new RegistryFailure(
        'too-many-requests',
        `${host} has had too many requests and does not show ${image} now (429${headers['retry-after'] ? `, to be asked again in ${headers['retry-after']}s` : ''})`,
        `${loginHint(reference.registry)}: the limit of a user is higher. Or pin the image by its digest, which asks nobody`,
      );
    default:
      return new RegistryFailure(
        'bad-answer',
        `${host} answered ${status} for ${image}`,
        `see whether ${reference.registry} has an outage, then run the job again`,
      );
  }
}
