import { HttpFailure } from '@delivery-actions/http';
import { backoff, type Clock, sleep } from '@delivery-actions/waiting';
import { type Asked, failureOfWatchError, KubeFailure } from './failure.ts';
import { jsonLines } from './json-lines.ts';
import type { KubeObject, Resource } from './resource.ts';
import {
  type KubeList,
  listPath,
  type OpenAnswer,
  parsed,
  passing,
  type Transport,
  type WatchOptions,
} from './transport.ts';

export type WatchEvent<T extends KubeObject> =
  /** All there is now: what was known before and is not in it is gone. First, and again after every gap. */
  | { readonly type: 'listed'; readonly objects: readonly T[] }
  | { readonly type: 'changed' | 'deleted'; readonly object: T };

export interface WatchLimits {
  /**
   * Milliseconds without a byte after which the connection is taken for dead. API servers send a bookmark about once a
   * minute (k8s.io/apiserver, `defaultBookmarkFrequency`); where they do not, the watch is merely opened anew.
   */
  readonly idle?: number;
  /** How long the server is asked to keep one watch open. */
  readonly timeoutSeconds?: number;
}

const IDLE = 90_000;
const TIMEOUT_SECONDS = 290;
/** A server that cannot be reached at the start is an error; later it is a gap, which the caller's signal bounds. */
const FIRST_TRIES = 4;

/**
 * A LIST, then WATCH from there, without an end: reopened from the last resource version when the server ends it or the
 * connection dies, listed anew when that version is too old (410). Ends by throwing: a KubeFailure that no waiting mends
 * (`forbidden`, `unauthorized`, `not-found`, ...), or the signal's reason. Kubernetes docs, "Efficient detection of changes".
 */
export async function* watchResource<T extends KubeObject>(
  transport: Transport,
  clock: Clock,
  resource: Resource,
  namespace: string,
  { signal, onGap = () => {}, ...selectors }: WatchOptions = {},
  { idle = IDLE, timeoutSeconds = TIMEOUT_SECONDS }: WatchLimits = {},
): AsyncGenerator<WatchEvent<T>, never> {
  const asked: Asked = { verb: 'list', resource, namespace };
  const watching: Asked = { ...asked, verb: 'watch' };
  let version: string | undefined;
  let known = false;
  let failures = 0;
  let pauses = backoff();

  for (;;) {
    try {
      if (version === undefined) {
        const list = parsed<KubeList<T>>(
          asked,
          await transport.text(asked, listPath(resource, namespace, selectors), signal),
        );
        version = list.metadata.resourceVersion;
        known = true;
        yield { type: 'listed', objects: list.items };
      }
      const query = {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: version,
        timeoutSeconds: String(timeoutSeconds),
      };
      let silent = true;
      const answer = await transport.open(watching, listPath(resource, namespace, selectors, query), signal);
      for await (const line of watchLines(answer, clock, idle)) {
        const { type, object } = line as { type: string; object: T };
        if (type === 'ERROR') throw failureOfWatchError(watching, object as object);
        version = object.metadata.resourceVersion ?? version;
        silent = false;
        failures = 0;
        pauses = backoff();
        if (type !== 'BOOKMARK') yield { type: type === 'DELETED' ? 'deleted' : 'changed', object };
      }
      // A clean end: the server's timeoutSeconds, its restart, or a dead connection that was given up.
      signal?.throwIfAborted();
      // A server that ends every watch at once must not be asked in a tight loop.
      if (silent) await sleep(clock, pauses.next().value, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const expired = error instanceof KubeFailure && error.kind === 'expired';
      const gap = expired || passing(error) || error instanceof HttpFailure || error instanceof SyntaxError;
      failures += 1;
      if (expired) version = undefined;
      if (expired && failures === 1) continue;
      if (!gap || (!known && failures >= FIRST_TRIES && (error as KubeFailure).kind === 'unreachable')) throw error;
      onGap(error);
      const asks = error instanceof KubeFailure ? error.retryAfter : undefined;
      await sleep(clock, asks ?? pauses.next().value, signal);
    }
  }
}

/** The lines of a watch until it ends, or until nothing has come for `idle` milliseconds. */
async function* watchLines(answer: OpenAnswer, clock: Clock, idle: number): AsyncGenerator<unknown> {
  let dead = false;
  const giveUp = () => {
    dead = true;
    answer.close();
  };
  let cancel = clock.after(idle, giveUp);
  async function* fed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of answer.body) {
      cancel();
      cancel = clock.after(idle, giveUp);
      yield chunk;
    }
  }
  try {
    yield* jsonLines(fed());
  } catch (error) {
    if (!dead) throw error;
  } finally {
    cancel();
    answer.close();
  }
}
