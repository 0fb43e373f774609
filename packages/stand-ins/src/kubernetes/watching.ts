import type { ServerResponse } from 'node:http';
import { apiVersion, type Kind } from './kinds.ts';
import type { KubeObject } from './objects.ts';
import type { StatusError } from './status.ts';
import type { Change, Store } from './store.ts';

export interface WatchQuery {
  readonly kind: Kind;
  readonly namespace: string;
  readonly matches: (object: KubeObject) => boolean;
  /** Changes after it are sent; undefined or 0: all objects come first, as ADDED. */
  readonly version: number | undefined;
  readonly bookmarks: boolean;
  /** A bookmark marks the end of the first objects (`sendInitialEvents`). */
  readonly initialEvents: boolean;
  readonly timeoutSeconds: number | undefined;
}

export interface Watches {
  open(query: WatchQuery, response: ServerResponse): void;
  /** Ends all watches as the server does at their timeout: a clean end. */
  end(): void;
  /** From now on nothing more comes on the watches that are open, and they stay open: half-open connections. */
  silence(): void;
  /** Sends an ERROR object into all watches and ends them. */
  fail(error: StatusError): void;
  readonly count: number;
}

interface OpenWatch {
  send(line: object): void;
  end(): void;
  silent: boolean;
}

/** The server's side of all watches. */
export function startWatches(store: Store, bookmarkPeriod: number): Watches {
  const open = new Set<OpenWatch>();
  return {
    get count() {
      return open.size;
    },
    open({ kind, namespace, matches, version, bookmarks, initialEvents, timeoutSeconds }, response) {
      // Throws 410 before the head is sent; a real server says it either way.
      const missed = version === undefined || version === 0 ? initial(store, kind, namespace) : store.since(version);
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
      response.flushHeaders();
      const watch: OpenWatch = {
        silent: false,
        send(line) {
          if (!watch.silent) response.write(`${JSON.stringify(line)}\n`);
        },
        end() {
          open.delete(watch);
          unsubscribe();
          clearInterval(bookmarking);
          clearTimeout(ending);
          response.end();
        },
      };
      const tell = (change: Change) => {
        const { namespace: where = '' } = change.object.metadata;
        if (change.kind !== kind || (namespace !== '' && where !== namespace)) return;
        // An object that leaves the selection is a deletion to this watch, one that enters it an addition.
        const was = change.previous !== undefined && matches(change.previous);
        const is = change.type !== 'DELETED' && matches(change.object);
        if (is || was) watch.send({ type: is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', object: change.object });
      };
      const bookmark = (annotations?: Record<string, string>) => {
        const metadata = {
          resourceVersion: String(store.version),
          ...(annotations === undefined ? {} : { annotations }),
        };
        watch.send({ type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: apiVersion(kind), metadata } });
      };
      const unsubscribe = store.subscribe(tell);
      const bookmarking = bookmarks ? setInterval(bookmark, bookmarkPeriod) : undefined;
      const ending =
        timeoutSeconds === undefined
          ? undefined
          : setTimeout(() => watch.silent || watch.end(), timeoutSeconds * 1_000);
      open.add(watch);
      for (const change of missed) tell(change);
      if (initialEvents) bookmark({ 'k8s.io/initial-events-end': 'true' });
      response.once('close', watch.end);
    },
    end() {
      for (const watch of [...open]) watch.end();
    },
    silence() {
      for (const watch of open) watch.silent = true;
    },
    fail(error) {
      for (const watch of [...open]) {
        watch.send({ type: 'ERROR', object: error.body });
        watch.end();
      }
    },
  };
}

function initial(store: Store, kind: Kind, namespace: string): Change[] {
  return store
    .list(kind, namespace)
    .map((object) => ({ type: 'ADDED', kind, object, previous: undefined, version: store.version }));
}
