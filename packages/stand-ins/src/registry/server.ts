import { type Exchange, listen, type StandIn, sendJson } from '../loopback.ts';
import { gate, type RegistryAccess } from './access.ts';
import { RegistryError } from './registry-error.ts';
import { type Repository, type Storage, storage } from './storage.ts';
import { blobUploads } from './uploads.ts';

export interface RegistryRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Exchange['headers'];
}

/** The next requests that fit get this answer instead of their own. */
export interface RegistryFault {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many requests; 1 unless given. */
  readonly times?: number;
  /** Only these, by `GET /v2/...`; all unless given. */
  readonly of?: RegExp;
}

/** What a test may set before and while the registry runs. */
export interface RegistryBehaviour {
  access: RegistryAccess;
  /** Old registries do not name the digest in their answers. */
  withoutDigestHeader: boolean;
  /** The most tags that one page lists, whatever a client asks for. */
  tagsOfPage: number;
}

export type RegistryOptions = Partial<RegistryBehaviour>;

/** An OCI registry on loopback, in memory, with the manners of docker-registry 2.8. */
export interface RegistryStandIn extends StandIn {
  /** `127.0.0.1:PORT`, as it stands in an image's name. */
  readonly host: string;
  readonly behaviour: RegistryBehaviour;
  /** What was pushed, by repository. */
  readonly repositories: ReadonlyMap<string, Repository>;
  /** Everything that was asked, in the order of arrival. */
  readonly requests: readonly RegistryRequest[];
  failNext(fault: RegistryFault): void;
}

const NAME = '([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)';

type Handler = (exchange: Exchange, name: string, last: string) => void;

export async function startRegistry(options: RegistryOptions = {}): Promise<RegistryStandIn> {
  const behaviour: RegistryBehaviour = {
    access: { kind: 'open' },
    withoutDigestHeader: false,
    tagsOfPage: Number.POSITIVE_INFINITY,
    ...options,
  };
  const requests: RegistryRequest[] = [];
  const faults: (RegistryFault & { times: number })[] = [];
  const store = storage();
  const { admit, issue } = gate(() => behaviour.access);
  const routes = routesOf(
    store,
    (digest) => (behaviour.withoutDigestHeader ? {} : { 'docker-content-digest': digest }),
    () => behaviour.tagsOfPage,
  );

  function route(exchange: Exchange): void {
    const { method, url, response } = exchange;
    const asked = `${method} ${url.pathname}`;
    const match = routes
      .map((each) => ({ ...each, found: each.route.exec(asked) }))
      .find(({ found }) => found !== null);
    if (url.pathname === '/token') issue(exchange);
    else if (/^(?:GET|HEAD) \/v2\/?$/.test(asked)) {
      admit(exchange, undefined, 'pull');
      sendJson(response, 200, {});
    } else if (match !== undefined) {
      const [, name = '', last = ''] = match.found ?? [];
      admit(exchange, name, match.pushes ? 'push' : 'pull');
      match.handle(exchange, name, decodeURIComponent(last));
    } else if (/\/(?:blobs|manifests|tags)\//.test(url.pathname))
      throw new RegistryError('UNSUPPORTED', 'the operation is unsupported');
    else throw new RegistryError('NAME_INVALID', 'invalid repository name');
  }

  const server = await listen((exchange) => {
    const { method, url, headers, response } = exchange;
    requests.push({ method, path: `${url.pathname}${url.search}`, headers });
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    const fault = faults.find(({ of, times }) => times > 0 && (of?.test(`${method} ${url.pathname}`) ?? true));
    try {
      if (fault === undefined) return route(exchange);
      fault.times -= 1;
      sendJson(response, fault.status, { errors: [{ code: 'UNKNOWN', message: 'as the test asked' }] }, fault.headers);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const { status, code, message } = error;
      sendJson(response, status, { errors: [{ code, message, detail: null }] }, error.headers);
    }
  });
  return {
    ...server,
    host: new URL(server.url).host,
    behaviour,
    repositories: store.repositories,
    requests,
    failNext: (fault) => void faults.push({ times: 1, ...fault }),
  };
}

interface Route {
  /** Of `GET /v2/...`: the repository's name, then what stands last. */
  readonly route: RegExp;
  readonly pushes: boolean;
  readonly handle: Handler;
}

function routesOf(
  store: Storage,
  digestHeader: (digest: string) => Record<string, string>,
  tagsOfPage: () => number,
): readonly Route[] {
  const uploads = blobUploads(store, digestHeader);

  function sendContent({ method, response }: Exchange, type: string, content: Buffer, digest: string): void {
    response.writeHead(200, {
      'content-type': type,
      'content-length': String(content.length),
      etag: `"${digest}"`,
      ...digestHeader(digest),
    });
    response.end(method === 'HEAD' ? undefined : content);
  }

  function sendManifest(exchange: Exchange, name: string, reference: string): void {
    const { digest, mediaType, body } = store.manifest(name, reference);
    // docker-registry 2.8 has no such manifest for a client that does not say that it knows the type.
    const accepted = String(exchange.headers.accept ?? '')
      .split(',')
      .map((type) => type.split(';')[0]?.trim());
    if (!accepted.includes(mediaType))
      throw new RegistryError('MANIFEST_UNKNOWN', `manifest found, but accept header does not support ${mediaType}`);
    sendContent(exchange, mediaType, body, digest);
  }

  function takeManifest({ headers, body, response }: Exchange, name: string, reference: string): void {
    const digest = store.putManifest(name, reference, { mediaType: String(headers['content-type'] ?? ''), body });
    const location = `/v2/${name}/manifests/${digest}`;
    response.writeHead(201, { location, 'content-length': '0', ...digestHeader(digest) });
    response.end();
  }

  return [
    on('POST', '/blobs/uploads/?()', uploads.start),
    on('PATCH', '/blobs/uploads/([\\w-]+)', uploads.chunk),
    on('PUT', '/blobs/uploads/([\\w-]+)', uploads.end),
    on('GET', '/blobs/uploads/([\\w-]+)', uploads.status),
    on('DELETE', '/blobs/uploads/([\\w-]+)', uploads.cancel),
    on('(?:GET|HEAD)', '/blobs/([^/]+)', (exchange, name, digest) =>
      sendContent(exchange, 'application/octet-stream', store.blob(name, digest), digest),
    ),
    on('(?:GET|HEAD)', '/manifests/([^/]+)', sendManifest),
    on('PUT', '/manifests/([^/]+)', takeManifest),
    on('GET', '/tags/list()', ({ url, response }, name) => {
      const all = [...store.known(name).tags.keys()].sort().filter((tag) => tag > (url.searchParams.get('last') ?? ''));
      const most = Math.min(Number(url.searchParams.get('n') ?? all.length), tagsOfPage());
      const tags = all.slice(0, most);
      const next = `</v2/${name}/tags/list?last=${encodeURIComponent(tags.at(-1) ?? '')}&n=${most}>; rel="next"`;
      sendJson(response, 200, { name, tags }, tags.length < all.length ? { link: next } : {});
    }),
  ];
}

function on(method: string, rest: string, handle: Handler): Route {
  return { route: new RegExp(`^${method} /v2/${NAME}${rest}$`), pushes: !/GET/.test(method), handle };
}
