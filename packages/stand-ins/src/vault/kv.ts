import { VaultError } from './vault-error.ts';

export type Fields = Readonly<Record<string, unknown>>;

interface Version {
  readonly created: number;
  readonly data: Fields;
  /** When it was deleted, or deletes itself. In milliseconds since 1970, like every moment here. */
  deletion?: number;
  destroyed: boolean;
}

interface Secret {
  readonly created: number;
  readonly versions: Map<number, Version>;
  /** Seconds after which a new version deletes itself; 0 for never. */
  deleteAfter: number;
}

/** An answer that is no error; a version that cannot be read comes with its metadata and 404. */
export interface KvAnswer {
  readonly status: number;
  readonly data?: Fields;
  readonly warnings?: readonly string[];
}

const NOTHING: KvAnswer = { status: 204 };

/** A KV engine, version 2 (Vault API, "KV secrets engine - version 2") or 1. */
export interface Kv {
  readonly version: 1 | 2;
  answer(method: string, path: string, body: Fields, options: { list: boolean; now: number }): KvAnswer;
}

export function kv(version: 1 | 2, withoutSubkeys: () => boolean): Kv {
  const secrets = new Map<string, Secret>();
  const plain = new Map<string, Fields>();

  function names(all: Iterable<string>, folder: string): KvAnswer {
    const inside = [...all].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
    const keys = [...new Set(inside.map((path) => (/^[^/]*\//.exec(path) ?? [path])[0]))].sort();
    if (keys.length === 0) throw new VaultError(404);
    return { status: 200, data: { keys } };
  }

  function metadata(method: string, path: string, body: Fields, now: number): KvAnswer {
    const secret = secrets.get(path);
    if (method === 'POST' || method === 'PUT') {
      // A write that sets nothing makes nothing.
      if (Object.keys(body).length === 0) return NOTHING;
      const made = secret ?? { created: now, versions: new Map<number, Version>(), deleteAfter: 0 };
      made.deleteAfter = Number.parseInt(String(body['delete_version_after'] ?? '0'), 10);
      secrets.set(path, made);
      return NOTHING;
    }
    if (secret === undefined) throw new VaultError(404);
    if (method === 'DELETE') {
      secrets.delete(path);
      return NOTHING;
    }
    const versions = [...secret.versions].map(([number, each]) => [number, aboutVersion(each)]);
    return {
      status: 200,
      data: {
        created_time: new Date(secret.created).toISOString(),
        current_version: secret.versions.size,
        custom_metadata: null,
        delete_version_after: `${secret.deleteAfter}s`,
        versions: Object.fromEntries(versions),
      },
    };
  }

  function write(path: string, body: Fields, now: number): KvAnswer {
    const secret = secrets.get(path) ?? { created: now, versions: new Map<number, Version>(), deleteAfter: 0 };
    secrets.set(path, secret);
    const number = secret.versions.size + 1;
    const version: Version = { created: now, data: (body['data'] ?? {}) as Fields, destroyed: false };
    if (secret.deleteAfter > 0) version.deletion = now + secret.deleteAfter * 1000;
    secret.versions.set(number, version);
    return { status: 200, data: { version: number, ...aboutVersion(version) } };
  }

  /** `data` with its values, `subkeys` without. */
  function read(part: 'data' | 'subkeys', path: string, now: number): KvAnswer {
    const number = secrets.get(path)?.versions.size ?? 0;
    const version = secrets.get(path)?.versions.get(number);
    if (version === undefined) throw new VaultError(404);
    const about = { version: number, custom_metadata: null, ...aboutVersion(version) };
    if (version.destroyed || (version.deletion ?? Number.POSITIVE_INFINITY) <= now)
      return { status: 404, data: { [part]: null, metadata: about } };
    return { status: 200, data: { [part]: part === 'data' ? version.data : leaves(version.data), metadata: about } };
  }

  function change(path: string, numbers: readonly number[], to: (version: Version) => void): KvAnswer {
    for (const number of numbers) {
      const version = secrets.get(path)?.versions.get(number);
      if (version !== undefined) to(version);
    }
    return NOTHING;
  }

  return {
    version,
    answer(method, path, body, { list, now }) {
      if (version === 1) {
        if (list) return names(plain.keys(), path === '' ? '' : `${path.replace(/\/$/, '')}/`);
        if (method !== 'GET') {
          plain.set(path, body);
          return NOTHING;
        }
        const data = plain.get(path);
        if (data === undefined) throw new VaultError(404);
        return { status: 200, data };
      }
      const [, part = '', rest = ''] = /^([^/]+)\/?(.*)$/.exec(path) ?? [];
      const versions = (body['versions'] ?? []) as readonly number[];
      if (part === 'metadata' && list) return names(secrets.keys(), rest === '' ? '' : `${rest.replace(/\/$/, '')}/`);
      if (part === 'metadata') return metadata(method, rest, body, now);
      if (part === 'data' && (method === 'POST' || method === 'PUT')) return write(rest, body, now);
      if (part === 'data' && method === 'DELETE')
        return change(rest, [secrets.get(rest)?.versions.size ?? 0], (each) => {
          each.deletion = now;
        });
      if (part === 'data' || (part === 'subkeys' && !withoutSubkeys())) return read(part, rest, now);
      if (part === 'undelete')
        return change(rest, versions, (each) => {
          delete each.deletion;
        });
      if (part === 'destroy')
        return change(rest, versions, (each) => {
          each.destroyed = true;
        });
      return { status: 404, warnings: ['Invalid path for a versioned K/V secrets engine.'] };
    },
  };
}

function aboutVersion({ created, deletion, destroyed }: Version): Fields {
  const deleted = deletion === undefined ? '' : new Date(deletion).toISOString();
  return { created_time: new Date(created).toISOString(), deletion_time: deleted, destroyed };
}

function leaves(value: Fields): Fields {
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const inner = typeof each === 'object' && each !== null && !Array.isArray(each) ? (each as Fields) : {};
      return [key, Object.keys(inner).length === 0 ? null : leaves(inner)];
    }),
  );
}
