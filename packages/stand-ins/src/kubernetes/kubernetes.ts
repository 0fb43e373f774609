import { listen, type StandIn } from '../loopback.ts';
import { apiServer, createObject } from './api.ts';
import { type Accounts, accessControl, type Denial } from './authentication.ts';
import { serverCertificate } from './certificate.ts';
import { startDeploymentController } from './deployment-controller.ts';
import { BUILT_IN, DEPLOYMENTS, EXTERNAL_SECRETS, KINDS, type Kind, kindOf, NAMESPACES } from './kinds.ts';
import { startKubelet } from './kubelet.ts';
import type { Deployment, KubeObject } from './objects.ts';
import { startReplicaSetController } from './replicaset-controller.ts';
import { type ContainerRuntime, imageRuntime } from './runtime.ts';
import { serviceProxy } from './service-proxy.ts';
import { expired, StatusError } from './status.ts';
import { createStore } from './store.ts';
import { startWatches } from './watching.ts';

export interface KubernetesOptions {
  /** Default: every image runs and is ready at once. */
  readonly runtime?: ContainerRuntime;
  /** `default` is always there. */
  readonly namespaces?: readonly string[];
  /**
   * False: plain HTTP, and everyone is let in, since no client sends a credential over it. Default true: HTTPS with a
   * certificate of its own and the token of the kubeconfig.
   */
  readonly tls?: boolean;
  /** False: no controllers and no kubelet; objects are what the test writes. Default true. */
  readonly controllers?: boolean;
  /** Milliseconds; see KubeletOptions. */
  readonly readinessPeriod?: number;
  readonly crashBackoff?: number;
  readonly pullBackoff?: number;
  readonly pullCauseKept?: boolean;
  /** Milliseconds between two bookmarks of a watch. The real server has about a minute. */
  readonly bookmarkPeriod?: number;
  /** Versions of ExternalSecrets that are installed. Default: none, as in a new cluster. */
  readonly externalSecrets?: readonly ('v1' | 'v1beta1' | 'v1alpha1')[];
  /** What `/version` says. */
  readonly version?: string;
}

export interface KubernetesStandIn extends StandIn {
  /** A kubeconfig with one context, `stand-in`; its namespace is `default` unless given. */
  kubeconfig(namespace?: string): string;
  /** Creates the object or replaces its spec and labels, like kubectl apply; makes the namespace if there is none. */
  apply(manifest: object): KubeObject;
  /** The objects of a kind such as `pods`, in one namespace or in all. */
  list<T extends KubeObject>(plural: string, namespace?: string): T[];
  get<T extends KubeObject>(plural: string, namespace: string, name: string): T | undefined;
  /** Writes an object's status, as its controller would. */
  writeStatus(manifest: object): void;
  delete(plural: string, namespace: string, name: string): void;
  /** What kubectl set image does. */
  setImage(namespace: string, deployment: string, container: string, image: string): void;
  /** An address that stays the same and forwards to the ready pods of a Service in turn. */
  serviceUrl(namespace: string, service: string): Promise<string>;
  /** Nobody may do these any more. */
  deny(...denials: Denial[]): void;
  /** From now on only this token is taken. */
  rotateToken(token: string): void;
  /** The next requests to paths that match are answered with 429 and Retry-After. */
  throttle(times: number, retryAfterSeconds: number, path?: RegExp): void;
  /** Forgets the history, as etcd's compaction does: a watch from before gets 410. */
  forgetHistory(): void;
  /** Forgets the history, and ends all watches with 410 Expired. */
  expireWatches(): void;
  /** Ends all watches cleanly, as the server does now and then. */
  endWatches(): void;
  /** Nothing more comes on the watches that are open now: half-open connections. */
  silenceWatches(): void;
  /** From now on lists at resourceVersion=0 show this moment: a watch cache that lags behind. */
  freezeCache(): void;
  /** Watches that are open. */
  readonly watchCount: number;
  /** `METHOD /path?query` of every request so far. */
  readonly requests: readonly string[];
  /** `secrets/NAMESPACE/NAME` of each Secret whose values were in an answer, as often as they were. */
  readonly contentsSent: readonly string[];
  /** For client certificates: PEM of a certificate and key for that user. */
  clientCertificate(user: string): { readonly cert: string; readonly key: string };
  /** PEM of the server's own certificate authority. */
  readonly certificateAuthority: string;
}

/** Starts a cluster: an API server on loopback, its controllers, and a kubelet that runs containers by `runtime`. */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<KubernetesStandIn> {
  const { tls = true, controllers = true, version = 'v1.34.4', bookmarkPeriod = 60_000 } = options;
  const { externalSecrets = [] } = options;
  const {
    runtime = imageRuntime(),
    readinessPeriod = 20,
    crashBackoff = 40,
    pullBackoff = 40,
    pullCauseKept = true,
  } = options;
  const store = createStore();
  const watches = startWatches(store, bookmarkPeriod);
  const kubelet = startKubelet(store, {
    runtime: controllers ? runtime : idleRuntime,
    readinessPeriod,
    crashBackoff,
    pullBackoff,
    pullCauseKept,
  });
  const stops = controllers ? [startDeploymentController(store), startReplicaSetController(store)] : [];
  const certificate = serverCertificate('stand-in');
  const proxies = new Map<string, Promise<StandIn>>();
  const requests: string[] = [];
  const contentsSent: string[] = [];
  let accounts: Accounts = { tokens: new Map([[TOKEN, 'developer']]), denied: [], open: !tls };
  let throttled = { times: 0, seconds: 0, path: /./ };
  let frozen: { version: number; objects: ReadonlyMap<Kind, readonly KubeObject[]> } | undefined;

  const answer = apiServer({
    store,
    watches,
    kubelet,
    version,
    kinds: [...BUILT_IN, ...EXTERNAL_SECRETS.filter((kind) => externalSecrets.some((each) => each === kind.version))],
    onContents: ({ metadata }) => contentsSent.push(`secrets/${metadata.namespace}/${metadata.name}`),
    access: accessControl(() => accounts),
    cached(kind, namespace) {
      const objects = frozen?.objects
        .get(kind)
        ?.filter(({ metadata }) => namespace === '' || metadata.namespace === namespace);
      return frozen === undefined || objects === undefined ? undefined : { version: frozen.version, objects };
    },
    failure(path) {
      if (throttled.times === 0 || !throttled.path.test(path)) return undefined;
      throttled.times -= 1;
      const headers = { 'retry-after': String(throttled.seconds) };
      return new StatusError(429, 'TooManyRequests', 'Too many requests, please try again later.', {}, headers);
    },
  });
  const server = await listen(
    (exchange) => {
      requests.push(`${exchange.method} ${exchange.url.pathname}${exchange.url.search}`);
      answer(exchange);
    },
    tls
      ? {
          cert: certificate.cert,
          key: certificate.key,
          ca: certificate.cert,
          requestCert: true,
          rejectUnauthorized: false,
        }
      : undefined,
  );

  function kindNamed(plural: string): Kind {
    const kind = KINDS.find((each) => each.plural === plural);
    if (kind === undefined) throw new Error(`the stand-in cluster has no ${plural}`);
    return kind;
  }

  function makeNamespace(name: string): void {
    if (store.find(NAMESPACES, '', name) !== undefined) return;
    store.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, status: { phase: 'Active' } });
  }
  for (const name of ['default', ...(options.namespaces ?? [])]) makeNamespace(name);

  async function close(): Promise<void> {
    for (const stop of stops) stop();
    watches.end();
    await kubelet.close();
    await Promise.all([...proxies.values()].map(async (proxy) => (await proxy).close()));
    await server.close();
  }

  return {
    url: server.url,
    close,
    [Symbol.asyncDispose]: close,
    requests,
    contentsSent,
    certificateAuthority: certificate.cert,
    get watchCount() {
      return watches.count;
    },
    kubeconfig: (namespace = 'default') => kubeconfigText(server.url, namespace, tls ? certificate.cert : undefined),
    apply(manifest) {
      const given = structuredClone(manifest) as KubeObject;
      const kind = kindOf(given);
      const namespace = kind.namespaced ? (given.metadata.namespace ?? 'default') : '';
      if (kind.namespaced) makeNamespace(namespace);
      const present = store.find(kind, namespace, given.metadata.name);
      if (present === undefined) return createObject(store, kind, namespace, given);
      const { annotations, labels } = given.metadata;
      const metadata = {
        ...present.metadata,
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations: { ...present.metadata.annotations, ...annotations } }),
        ...(given.metadata.managedFields === undefined ? {} : { managedFields: given.metadata.managedFields }),
      };
      return store.update(kind, { ...given, metadata });
    },
    list: (plural, namespace) => store.list(kindNamed(plural), namespace),
    get: (plural, namespace, name) => store.find(kindNamed(plural), namespace, name),
    writeStatus(manifest) {
      const object = manifest as KubeObject;
      const kind = kindOf(object);
      const present = store.get(kind, object.metadata.namespace ?? 'default', object.metadata.name);
      const annotations = { ...present.metadata.annotations, ...object.metadata.annotations };
      store.updateStatus(kind, { ...present, metadata: { ...present.metadata, annotations }, status: object.status });
    },
    delete(plural, namespace, name) {
      const kind = kindNamed(plural);
      if (store.find(kind, namespace, name)?.metadata.finalizers?.length) store.terminate(kind, namespace, name);
      else store.remove(kind, namespace, name);
    },
    setImage(namespace, name, container, image) {
      const deployment = store.get<Deployment>(DEPLOYMENTS, namespace, name);
      const containers = deployment.spec.template.spec.containers.map((each) =>
        each.name === container ? { ...each, image } : each,
      );
      const template = { ...deployment.spec.template, spec: { ...deployment.spec.template.spec, containers } };
      store.update(DEPLOYMENTS, { ...deployment, spec: { ...deployment.spec, template } });
    },
    async serviceUrl(namespace, service) {
      const key = `${namespace}/${service}`;
      const proxy = proxies.get(key) ?? serviceProxy(store, kubelet, namespace, service);
      proxies.set(key, proxy);
      return (await proxy).url;
    },
    deny(...denials) {
      accounts = { ...accounts, denied: [...accounts.denied, ...denials] };
    },
    rotateToken(token) {
      accounts = { ...accounts, tokens: new Map([[token, 'developer']]) };
    },
    throttle(times, seconds, path = /./) {
      throttled = { times, seconds, path };
    },
    forgetHistory: () => store.compact(),
    expireWatches() {
      store.compact();
      watches.fail(expired('The resourceVersion for the provided watch is too old.'));
    },
    endWatches: () => watches.end(),
    silenceWatches: () => watches.silence(),
    freezeCache() {
      frozen = { version: store.version, objects: new Map(KINDS.map((kind) => [kind, store.list(kind)])) };
    },
    clientCertificate: (user) => certificate.issue(user),
  };
}

const TOKEN = 'token-of-the-stand-in-cluster';

/** Nothing is started; a test writes the pods' status itself. */
const idleRuntime: ContainerRuntime = { start: () => new Promise(() => {}) };

function kubeconfigText(server: string, namespace: string, ca: string | undefined): string {
  const authority = ca === undefined ? '' : `\n    certificate-authority-data: ${Buffer.from(ca).toString('base64')}`;
  return `apiVersion: v1
kind: Config
current-context: stand-in
clusters:
- name: stand-in
  cluster:
    server: ${server}${authority}
contexts:
- name: stand-in
  context:
    cluster: stand-in
    user: developer
    namespace: ${namespace}
users:
- name: developer
  user:
    token: ${TOKEN}
`;
}
