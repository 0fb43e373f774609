import { type Exchange, sendJson } from '../loopback.ts';
import type { Access } from './authentication.ts';
import { withDefaults } from './defaults.ts';
import { apiVersion, discovery, EXTERNAL_SECRETS, type Kind, NAMESPACES, PODS, ROLLOUTS } from './kinds.ts';
import type { Kubelet } from './kubelet.ts';
import type { KubeObject, Pod } from './objects.ts';
import { openApi } from './openapi.ts';
import { patched } from './patch.ts';
import { matchesFieldQuery, matchesLabelQuery } from './selectors.ts';
import { notFound, StatusError } from './status.ts';
import type { Store } from './store.ts';
import type { Watches } from './watching.ts';

interface ApiParts {
  readonly store: Store;
  readonly watches: Watches;
  readonly kubelet: Kubelet;
  readonly access: Access;
  /** What lists at resourceVersion=0 may answer: the objects of an older moment. */
  readonly cached: (
    kind: Kind,
    namespace: string,
  ) => { readonly version: number; readonly objects: readonly KubeObject[] } | undefined;
  /** A failure to answer with instead, for the next request. */
  readonly failure: (path: string) => StatusError | undefined;
  readonly version: string;
  /** Told each Secret whose values are in an answer. */
  readonly onContents: (secret: KubeObject) => void;
  /** What it serves. */
  readonly kinds: readonly Kind[];
}

interface Target {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** The API server's answers, for the kinds of this cluster. */
export function apiServer(parts: ApiParts): (exchange: Exchange) => void {
  return (exchange) => {
    try {
      answer(parts, exchange);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      // Priority and fairness answers 429 in plain text.
      if (error.code === 429) {
        exchange.response.writeHead(429, { 'content-type': 'text/plain', ...error.headers }).end(error.message);
      } else sendJson(exchange.response, error.code, error.body, error.headers);
    }
  };
}

function answer(parts: ApiParts, exchange: Exchange): void {
  const { url, response } = exchange;
  const failure = parts.failure(url.pathname);
  if (failure !== undefined) throw failure;
  const user = parts.access.userOf(exchange);
  const document =
    url.pathname === '/version'
      ? versionDocument(parts.version)
      : (discovery(url.pathname, parts.kinds) ?? openApi(url.pathname, parts.kinds));
  const target = targetOf(url.pathname, parts.kinds);
  if (document !== undefined) sendJson(response, 200, document);
  else if (/^\/(?:livez|readyz|healthz)$/.test(url.pathname)) response.writeHead(200).end('ok');
  else if (target !== undefined) serve(parts, target, user, exchange);
  else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
}

function serve(parts: ApiParts, target: Target, user: string, exchange: Exchange): void {
  const { url, response, method } = exchange;
  const { searchParams: query } = url;
  const { kind, namespace, name, subresource } = target;
  const watch = /^(?:true|1)$/.test(query.get('watch') ?? '');
  const verb =
    { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }[method] ??
    (watch ? 'watch' : name === undefined ? 'list' : 'get');
  parts.access.check(user, verb, kind, namespace, name, subresource);
  if (query.has('dryRun')) throw new StatusError(400, 'BadRequest', 'the stand-in cluster has no dry run');
  if (verb === 'watch') openWatch(parts, target, query, exchange);
  else if (verb === 'list') sendJson(response, 200, asAsked(parts, exchange, listOf(parts, target, query)));
  else if (verb === 'get' && subresource === 'log') sendLog(parts, target, query, exchange);
  else if (verb === 'get')
    sendJson(response, 200, asAsked(parts, exchange, parts.store.get(kind, namespace, name ?? '')));
  else {
    const [status, body] = write(parts.store, target, verb, exchange);
    sendJson(response, status, body);
  }
}

/** The whole object or list, or its metadata alone where that is what the client accepts. */
function asAsked({ onContents }: ApiParts, { headers }: Exchange, answer: KubeObject | ObjectList): object {
  const [, wanted] = /\bas=(PartialObjectMetadata(?:List)?);g=meta\.k8s\.io;v=v1\b/.exec(headers.accept ?? '') ?? [];
  if (wanted === undefined) {
    for (const object of 'items' in answer ? answer.items : [answer]) if (object.kind === 'Secret') onContents(object);
    return answer;
  }
  const form = { kind: wanted, apiVersion: 'meta.k8s.io/v1' };
  const partial = (metadata: KubeObject['metadata']) => ({ ...form, kind: 'PartialObjectMetadata', metadata });
  if (!('items' in answer)) return partial(answer.metadata);
  // The real server has null here where there is none.
  const items = answer.items.length === 0 ? null : answer.items.map(({ metadata }) => partial(metadata));
  return { ...form, metadata: answer.metadata, items };
}

interface ObjectList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly KubeObject[];
}

function targetOf(path: string, kinds: readonly Kind[]): Target | undefined {
  const [, core, group = '', version, rest = ''] = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))\/(.+)$/.exec(path) ?? [];
  const segments = rest.split('/').filter(Boolean).map(decodeURIComponent);
  const inNamespace = segments[0] === 'namespaces' && segments.length > 2;
  const [plural, name, subresource] = inNamespace ? segments.slice(2) : segments;
  const kind = kinds.find(
    (each) => each.group === group && each.version === (core ?? version) && each.plural === plural,
  );
  if (kind === undefined) return undefined;
  return { kind, namespace: inNamespace ? (segments[1] ?? '') : '', name, subresource };
}

function selection(target: Target, query: URLSearchParams): (object: KubeObject) => boolean {
  const labels = query.get('labelSelector') ?? '';
  const fields = [
    query.get('fieldSelector') ?? '',
    target.name === undefined ? '' : `metadata.name=${target.name}`,
  ].join(',');
  return (object) => matchesLabelQuery(object.metadata.labels ?? {}, labels) && matchesFieldQuery(object, fields);
}

function listOf({ store, cached }: ApiParts, target: Target, query: URLSearchParams): ObjectList {
  const { kind, namespace } = target;
  const old = query.get('resourceVersion') === '0' ? cached(kind, namespace) : undefined;
  const { version, objects } = old ?? { version: store.version, objects: store.list(kind, namespace) };
  return {
    apiVersion: apiVersion(kind),
    kind: `${kind.kind}List`,
    metadata: { resourceVersion: String(version) },
    items: objects.filter(selection(target, query)),
  };
}

function openWatch({ watches }: ApiParts, target: Target, query: URLSearchParams, { response }: Exchange): void {
  const version = query.get('resourceVersion');
  const timeout = query.get('timeoutSeconds');
  const initialEvents = query.get('sendInitialEvents') === 'true';
  watches.open(
    {
      kind: target.kind,
      namespace: target.namespace,
      matches: selection(target, query),
      version: version === null || version === '' || initialEvents ? undefined : Number(version),
      bookmarks: query.get('allowWatchBookmarks') === 'true',
      initialEvents,
      timeoutSeconds: timeout === null ? undefined : Number(timeout),
    },
    response,
  );
}

function sendLog(
  { store, kubelet }: ApiParts,
  { namespace, name = '' }: Target,
  query: URLSearchParams,
  { response }: Exchange,
): void {
  const pod = store.get<Pod>(PODS, namespace, name);
  const container = query.get('container') ?? pod.spec.containers[0]?.name ?? '';
  const previous = query.get('previous') === 'true';
  const found = kubelet.container(namespace, name, container, previous);
  if (found === undefined) {
    const what = previous
      ? `previous terminated container "${container}" in pod "${name}" not found`
      : `container "${container}" in pod "${name}" is waiting to start: ContainerCreating`;
    throw new StatusError(400, 'BadRequest', what);
  }
  const tail = query.get('tailLines');
  const lines = found.logs().replace(/\n$/, '').split('\n');
  const text = (tail === null ? lines : lines.slice(-Number(tail))).join('\n');
  response.writeHead(200, { 'content-type': 'text/plain' }).end(text === '' ? '' : `${text}\n`);
}

function write(store: Store, target: Target, verb: string, { body, headers }: Exchange): [number, object] {
  const { kind, namespace, name = '', subresource } = target;
  if (subresource !== undefined && subresource !== 'status') throw notFound(kind, `${name}/${subresource}`);
  const save = subresource === 'status' ? store.updateStatus : store.update;
  switch (verb) {
    case 'create': {
      const object = JSON.parse(body.toString('utf8')) as KubeObject;
      return [201, createObject(store, kind, namespace, object)];
    }
    case 'update':
      return [200, save(kind, JSON.parse(body.toString('utf8')) as KubeObject)];
    case 'patch': {
      const contentType = headers['content-type'] ?? '';
      // Custom resources have no strategic merge: the server refuses it.
      if ([ROLLOUTS, ...EXTERNAL_SECRETS].includes(kind) && contentType.includes('strategic')) {
        throw new StatusError(
          415,
          'UnsupportedMediaType',
          `the body of the request was in an unknown format: ${contentType}`,
        );
      }
      const { status, ...object } = patched(
        store.get(kind, namespace, name),
        contentType,
        JSON.parse(body.toString('utf8')),
      );
      const saved = save(kind, withDefaults({ ...object, ...(status === undefined ? {} : { status }) }));
      removeWhenFree(store, kind, saved);
      return [200, saved];
    }
    default: {
      const before = store.get(kind, namespace, name);
      if (kind === PODS || before.metadata.finalizers?.length) store.terminate(kind, namespace, name);
      else store.remove(kind, namespace, name);
      const details = { name, group: kind.group, kind: kind.plural, uid: before.metadata.uid };
      return [200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }];
    }
  }
}

/** An object that is being deleted goes with its last finalizer. */
function removeWhenFree(store: Store, kind: Kind, { metadata }: KubeObject): void {
  const { deletionTimestamp, finalizers = [], namespace = '', name } = metadata;
  if (kind !== PODS && deletionTimestamp !== undefined && finalizers.length === 0) store.remove(kind, namespace, name);
}

/** Creates an object in a namespace that exists. */
export function createObject<T extends KubeObject>(store: Store, kind: Kind, namespace: string, object: T): T {
  if (kind.namespaced && store.find(NAMESPACES, '', namespace) === undefined) throw notFound(NAMESPACES, namespace);
  const metadata = { ...object.metadata, ...(kind.namespaced ? { namespace } : {}) };
  const { status, ...given } = object;
  const born = kind.hasStatus || status === undefined ? given : object;
  return store.create(kind, withDefaults({ ...(born as T), metadata }));
}

function versionDocument(gitVersion: string): object {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  return {
    major,
    minor,
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: 'stand-in',
  };
}
