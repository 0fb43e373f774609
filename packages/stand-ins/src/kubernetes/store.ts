import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Kind, resourceName, SECRETS } from './kinds.ts';
import { type KubeObject, timestamp } from './objects.ts';
import { writtenSecret } from './secrets.ts';
import { expired, notFound, StatusError } from './status.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: Kind;
  readonly object: KubeObject;
  /** What it was before; undefined for a new one. */
  readonly previous: KubeObject | undefined;
  readonly version: number;
}

/** All objects of the cluster with one count of versions, as etcd has it. Objects that come out are copies. */
export interface Store {
  /** The newest resource version. */
  readonly version: number;
  find<T extends KubeObject>(kind: Kind, namespace: string, name: string): T | undefined;
  /** Throws the server's 404. */
  get<T extends KubeObject>(kind: Kind, namespace: string, name: string): T;
  /** An empty namespace means all of them. */
  list<T extends KubeObject>(kind: Kind, namespace?: string): T[];
  create<T extends KubeObject>(kind: Kind, object: T): T;
  /** Writes spec and metadata; status stays as it is where the kind has one. A change of spec counts the generation up. */
  update<T extends KubeObject>(kind: Kind, object: T): T;
  /** Writes status and annotations only. */
  updateStatus<T extends KubeObject>(kind: Kind, object: T): T;
  remove(kind: Kind, namespace: string, name: string): void;
  /** Marks it for deletion: whoever runs it ends it and removes it then. */
  terminate(kind: Kind, namespace: string, name: string): void;
  /** Called with each change, in order, after it has happened. */
  subscribe(listener: (change: Change) => void): () => void;
  /** The changes after a version; throws 410 when they have been forgotten. */
  since(version: number): readonly Change[];
  /** Forgets all changes so far, as etcd's compaction does. */
  compact(): void;
}

export function createStore(): Store {
  const objects = new Map<string, KubeObject>();
  const listeners = new Set<(change: Change) => void>();
  let changes: Change[] = [];
  let forgotten = 0;
  let version = 100;

  const keyOf = (kind: Kind, namespace: string, name: string) =>
    `${resourceName(kind)}/${kind.namespaced ? namespace : ''}/${name}`;

  function commit(type: Change['type'], kind: Kind, object: KubeObject): KubeObject {
    version += 1;
    object.metadata.resourceVersion = String(version);
    const key = keyOf(kind, object.metadata.namespace ?? '', object.metadata.name);
    const previous = objects.get(key);
    if (type === 'DELETED') objects.delete(key);
    else objects.set(key, object);
    const change = { type, kind, object: structuredClone(object), previous, version };
    changes.push(change);
    for (const listener of listeners) listener(change);
    return structuredClone(object);
  }

  function current(kind: Kind, object: KubeObject): KubeObject {
    const { name, namespace = '', resourceVersion, uid } = object.metadata;
    const found = objects.get(keyOf(kind, namespace, name));
    if (found === undefined || (uid !== undefined && uid !== found.metadata.uid)) throw notFound(kind, name);
    if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion) {
      const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": the object has been modified; please apply your changes to the latest version and try again`;
      throw new StatusError(409, 'Conflict', message, { name, group: kind.group, kind: kind.plural });
    }
    return found;
  }

  const store: Store = {
    get version() {
      return version;
    },
    find: <T extends KubeObject>(kind: Kind, namespace: string, name: string) =>
      structuredClone(objects.get(keyOf(kind, namespace, name))) as T | undefined,
    get<T extends KubeObject>(kind: Kind, namespace: string, name: string) {
      const found = store.find<T>(kind, namespace, name);
      if (found === undefined) throw notFound(kind, name);
      return found;
    },
    list<T extends KubeObject>(kind: Kind, namespace = '') {
      const prefix = `${resourceName(kind)}/${namespace === '' ? '' : `${namespace}/`}`;
      return [...objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => structuredClone(object) as T);
    },
    create<T extends KubeObject>(kind: Kind, object: T) {
      const { metadata } = object;
      const name = metadata.name ?? `${metadata.generateName}${randomUUID().slice(-5)}`;
      if (objects.has(keyOf(kind, metadata.namespace ?? '', name))) {
        throw new StatusError(409, 'AlreadyExists', `${resourceName(kind)} "${name}" already exists`, {
          name,
          group: kind.group,
          kind: kind.plural,
        });
      }
      const born = {
        ...metadata,
        name,
        uid: randomUUID(),
        creationTimestamp: timestamp(),
        ...(kind.hasStatus ? { generation: 1 } : {}),
      };
      const made = kind === SECRETS ? writtenSecret(object, born, undefined) : { ...object, metadata: born };
      return commit('ADDED', kind, structuredClone(made)) as T;
    },
    update<T extends KubeObject>(kind: Kind, object: T) {
      const before = current(kind, object);
      const { uid, creationTimestamp, generation = 1, deletionTimestamp } = before.metadata;
      const grown = kind.hasStatus
        ? { generation: isDeepStrictEqual(before.spec, object.spec) ? generation : generation + 1 }
        : {};
      const kept = { uid, creationTimestamp, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) };
      const metadata = { ...object.metadata, resourceVersion: before.metadata.resourceVersion, ...kept, ...grown };
      const { status: given, ...rest } = object;
      const status = kind.hasStatus ? before.status : given;
      const after =
        kind === SECRETS
          ? writtenSecret(object, metadata as KubeObject['metadata'], before)
          : { ...rest, metadata, ...(status === undefined ? {} : { status }) };
      const same = isDeepStrictEqual(structuredClone(after), before);
      return (same ? structuredClone(before) : commit('MODIFIED', kind, structuredClone(after) as KubeObject)) as T;
    },
    updateStatus<T extends KubeObject>(kind: Kind, object: T) {
      const before = current(kind, object);
      const { annotations } = object.metadata;
      const metadata = { ...before.metadata, ...(annotations === undefined ? {} : { annotations }) };
      const after = structuredClone({ ...before, metadata, status: object.status });
      return (isDeepStrictEqual(after, before) ? structuredClone(before) : commit('MODIFIED', kind, after)) as T;
    },
    remove(kind, namespace, name) {
      const found = objects.get(keyOf(kind, namespace, name));
      if (found === undefined) throw notFound(kind, name);
      commit('DELETED', kind, { ...found, metadata: { ...found.metadata } });
    },
    terminate(kind, namespace, name) {
      const found = store.get(kind, namespace, name);
      if (found.metadata.deletionTimestamp !== undefined) return;
      commit('MODIFIED', kind, { ...found, metadata: { ...found.metadata, deletionTimestamp: timestamp() } });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    since(from) {
      if (from < forgotten) throw expired('The resourceVersion for the provided watch is too old.');
      return changes.filter((change) => change.version > from);
    },
    compact() {
      forgotten = version;
      changes = [];
    },
  };
  return store;
}
