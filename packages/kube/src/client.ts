import type { HttpClient } from '@delivery-actions/http';
import { type Clock, sleep } from '@delivery-actions/waiting';
import type { ClusterAccess } from './access.ts';
import { type Asked, KubeFailure } from './failure.ts';
import { type KubeObject, pods, type Resource, resourcePath } from './resource.ts';
import {
  type KubeList,
  kubeTransport,
  type ListOptions,
  listPath,
  parsed,
  passing,
  type WatchOptions,
} from './transport.ts';
import { type WatchEvent, type WatchLimits, watchResource } from './watch.ts';

export interface KubeClientOptions {
  readonly access: ClusterAccess;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly limits?: WatchLimits;
}

export interface LogOptions {
  readonly container: string;
  /** The log of the run before this one. */
  readonly previous?: boolean;
  readonly tailLines: number;
  readonly signal?: AbortSignal;
}

/** Reads a cluster. Every failure is a KubeFailure; an aborted signal rejects with the HttpFailure `aborted` or `timeout`. */
export interface KubeClient {
  readonly access: ClusterAccess;
  get<T extends KubeObject>(resource: Resource, namespace: string, name: string, signal?: AbortSignal): Promise<T>;
  list<T extends KubeObject>(resource: Resource, namespace: string, options?: ListOptions): Promise<KubeList<T>>;
  /** Name, labels, managed fields: the object without its contents, which do not leave the server. */
  metadata(resource: Resource, namespace: string, name: string, signal?: AbortSignal): Promise<KubeObject>;
  /** The same of all objects of a namespace. */
  listMetadata(resource: Resource, namespace: string, options?: ListOptions): Promise<KubeList<KubeObject>>;
  /** The versions of an API group that the server has, the one that it prefers first; none when it has no such group. */
  versions(group: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** See `watchResource`. */
  watch<T extends KubeObject>(
    resource: Resource,
    namespace: string,
    options?: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>>;
  /** The last lines of a container's log. */
  log(namespace: string, pod: string, options: LogOptions): Promise<string>;
}

/** Without `application/json` as a second choice: a server that cannot leave the contents out has to say so. */
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const TRIES = 4;
const PAUSE = 500;

/** An API server gives the metadata of no objects as null, unlike a list of whole ones. */
interface NullableList extends Omit<KubeList<KubeObject>, 'items'> {
  readonly items: readonly KubeObject[] | null;
}

/** As much of `APIGroup` as is read. */
interface ApiGroup {
  readonly versions?: readonly { readonly version: string }[];
  readonly preferredVersion?: { readonly version: string };
}

export function kubeClient({ access, http, clock, limits }: KubeClientOptions): KubeClient {
  const transport = kubeTransport(access, http);

  /** For single questions: asks again when the server is busy or not there for a moment. */
  async function patiently(asked: Asked, path: string, signal?: AbortSignal, accept?: string): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transport.text(asked, path, signal, accept);
      } catch (error) {
        if (attempt === TRIES || signal?.aborted || !passing(error)) throw error;
        await sleep(clock, error.retryAfter ?? PAUSE * 2 ** (attempt - 1), signal);
      }
    }
  }

  return {
    access,
    async get<T extends KubeObject>(resource: Resource, namespace: string, name: string, signal?: AbortSignal) {
      const asked: Asked = { verb: 'get', resource, namespace, name };
      return parsed<T>(asked, await patiently(asked, resourcePath(resource, namespace, name), signal));
    },
    async list<T extends KubeObject>(
      resource: Resource,
      namespace: string,
      { signal, ...selectors }: ListOptions = {},
    ) {
      const asked: Asked = { verb: 'list', resource, namespace };
      return parsed<KubeList<T>>(asked, await patiently(asked, listPath(resource, namespace, selectors), signal));
    },
    async metadata(resource, namespace, name, signal) {
      const asked: Asked = { verb: 'get', resource, namespace, name };
      return parsed(asked, await patiently(asked, resourcePath(resource, namespace, name), signal, METADATA));
    },
    async listMetadata(resource, namespace, { signal, ...selectors } = {}) {
      const asked: Asked = { verb: 'list', resource, namespace };
      const path = listPath(resource, namespace, selectors);
      const list = parsed<NullableList>(asked, await patiently(asked, path, signal, METADATA_LIST));
      return { ...list, items: list.items ?? [] };
    },
    async versions(group, signal) {
      const asked: Asked = { verb: 'get', resource: { group, version: '', plural: 'versions' }, namespace: '' };
      try {
        const { versions = [], preferredVersion } = parsed<ApiGroup>(
          asked,
          await patiently(asked, `/apis/${encodeURIComponent(group)}`, signal),
        );
        const names = versions.map(({ version }) => version);
        return [...new Set([preferredVersion?.version ?? names[0], ...names])].filter((name) => name !== undefined);
      } catch (error) {
        if (error instanceof KubeFailure && error.kind === 'not-found') return [];
        throw error;
      }
    },
    watch: (resource, namespace, options) => watchResource(transport, clock, resource, namespace, options, limits),
    log(namespace, pod, { container, previous = false, tailLines, signal }) {
      const query = new URLSearchParams({
        container,
        tailLines: String(tailLines),
        ...(previous ? { previous: 'true' } : {}),
      });
      const asked: Asked = { verb: 'get', resource: pods, namespace, name: pod, subresource: 'log' };
      return patiently(asked, `${resourcePath(pods, namespace, pod, 'log')}?${query}`, signal);
    },
  };
}
