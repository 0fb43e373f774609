import type { HttpClient } from '@delivery-actions/http';
import { type Clock, sleep } from '@delivery-actions/waiting';
import type { ClusterAccess } from './access.ts';
import type { Asked } from './failure.ts';
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
  /** See `watchResource`. */
  watch<T extends KubeObject>(
    resource: Resource,
    namespace: string,
    options?: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>>;
  /** The last lines of a container's log. */
  log(namespace: string, pod: string, options: LogOptions): Promise<string>;
}

const TRIES = 4;
const PAUSE = 500;
export function kubeClient({ access, http, clock, limits }: KubeClientOptions): KubeClient {
  const transport = kubeTransport(access, http);

  /** For single questions: asks again when the server is busy or not there for a moment. */
  async function patiently(asked: Asked, path: string, signal?: AbortSignal): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transport.text(asked, path, signal);
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
