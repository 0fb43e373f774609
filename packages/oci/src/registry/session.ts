import type { HttpClient, HttpResponse } from '@delivery-actions/http';
import type { ImageName } from '../reference.ts';
import { authorize } from './authorization.ts';
import type { CredentialStore } from './credentials.ts';
import { registryOrigin } from './host.ts';

export interface SessionOptions {
  readonly http: HttpClient;
  readonly credentials?: CredentialStore;
  /** Gets every token before it is used. */
  readonly mask?: (secret: string) => void;
}

export interface Question {
  readonly method: 'HEAD' | 'GET';
  /** After `/v2/` and the repository: `manifests/v1`. */
  readonly path: string;
  readonly accept: string;
  readonly maxBytes: number;
}

/** Asks about one repository, logged in where the registry wants that. */
export type Session = (name: ImageName, question: Question) => Promise<HttpResponse>;

/** Authorizations are kept as long as this is. */
export function registrySession({
  http,
  credentials = async () => undefined,
  mask = () => {},
}: SessionOptions): Session {
  /** Promises, so that two questions about one repository are one login. */
  const authorizations = new Map<string, Promise<string | undefined>>();

  return async (name, { method, path, accept, maxBytes }) => {
    const { registry, repository } = name;
    const send = async (authorization: Promise<string | undefined> | undefined) => {
      const value = await authorization;
      return http.request({
        method,
        url: `${registryOrigin(registry)}/v2/${repository}/${path}`,
        headers: { accept, ...(value === undefined ? {} : { authorization: value }) },
        maxBytes,
        // To a blob store; authorization stays at its origin.
        redirects: 3,
        retries: 3,
      });
    };
    const key = `${registry}/${repository}`;
    const used = authorizations.get(key);
    const first = await send(used);
    // A 401 from where a redirect led asks for other credentials than this registry's.
    if (first.status !== 401 || first.redirects.length > 0) return first;
    const login = async () =>
      authorize(first.headers['www-authenticate'] ?? '', {
        http,
        name,
        credentials: await credentials(registry, repository),
        mask,
      });
    // Somebody else may have logged in meanwhile; a token that was good once may have ended (it lives for a minute or more).
    const known = authorizations.get(key);
    const authorization = known === undefined || known === used ? login() : known;
    authorizations.set(key, authorization);
    // A login that failed is tried again by the next question.
    authorization.catch(() => authorizations.delete(key));
    return (await authorization) === undefined ? first : send(authorization);
  };
}
