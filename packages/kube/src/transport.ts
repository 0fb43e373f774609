import { type HttpClient, HttpFailure, type HttpRequest } from '@delivery-actions/http';
import type { ClusterAccess } from './access.ts';
import { type Asked, failureOfAnswer, KubeFailure, unreachable } from './failure.ts';
import { type KubeObject, type Resource, resourcePath, type Selectors } from './resource.ts';

export interface ListOptions extends Selectors {
  readonly signal?: AbortSignal;
}

export interface WatchOptions extends ListOptions {
  /** Told why a watch was interrupted each time that it is; it goes on by itself. */
  readonly onGap?: (why: Error) => void;
}

export interface KubeList<T extends KubeObject> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

/** The answer's head, and its body as it comes. */
export interface OpenAnswer {
  readonly body: AsyncIterable<Uint8Array>;
  close(): void;
}

/** One request at a time, for the watch to build on; no retry but the one after a refreshed credential. */
export interface Transport {
  text(asked: Asked, path: string, signal?: AbortSignal, accept?: string): Promise<string>;
  open(asked: Asked, path: string, signal?: AbortSignal): Promise<OpenAnswer>;
}

const LARGEST = 64 * 1024 * 1024;

/** The path of a list. Without resourceVersion, which makes it a consistent read and not one of an old cache. */
export function listPath(
  resource: Resource,
  namespace: string,
  selectors: Selectors,
  extra: Record<string, string> = {},
): string {
  const query = new URLSearchParams({ ...selectors, ...extra });
  return `${resourcePath(resource, namespace)}${query.size === 0 ? '' : `?${query}`}`;
}

export function parsed<T>(asked: Asked, text: string): T {
  try {
    return JSON.parse(text);
  } catch {
    throw failureOfAnswer(asked, 200, {}, '');
  }
}

/** Whether the same question may get an answer in a moment. */
export function passing(error: unknown): error is KubeFailure {
  if (!(error instanceof KubeFailure)) return false;
  const { cause } = error;
  if (error.kind === 'unreachable')
    return !(cause instanceof HttpFailure && ['tls', 'proxy', 'too-large'].includes(cause.kind));
  return error.kind === 'busy';
}

export function kubeTransport(access: ClusterAccess, http: HttpClient): Transport {
  async function sent<Answer extends { readonly status: number }>(
    path: string,
    signal: AbortSignal | undefined,
    send: (request: HttpRequest) => Promise<Answer>,
    give: (answer: Answer) => Promise<void> | void,
    accept = 'application/json',
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const { headers, tls } = await access.identity();
      const answer = await send({
        url: `${access.server}${path}`,
        headers: { accept, ...headers },
        tls,
        maxBytes: LARGEST,
        ...(signal === undefined ? {} : { signal }),
      }).catch((error: unknown) => {
        throw error instanceof HttpFailure && !signal?.aborted ? unreachable(access.server, error) : error;
      });
      if (answer.status !== 401 || attempt > 1) return answer;
      await give(answer);
      access.forget();
    }
  }

  return {
    async text(asked, path, signal, accept) {
      const answer = await sent(path, signal, http.request, () => {}, accept);
      if (answer.status < 200 || answer.status > 299)
        throw failureOfAnswer(asked, answer.status, answer.headers, answer.text);
      return answer.text;
    },
    async open(asked, path, signal) {
      const answer = await sent(path, signal, http.stream, (refused) => refused.close());
      if (answer.status >= 200 && answer.status <= 299) return answer;
      const body = await textOf(answer.body).catch(() => '');
      throw failureOfAnswer(asked, answer.status, answer.headers, body);
    },
  };
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
