import { StatusError } from './status.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonMap = { [key: string]: Json };

/** Applies a patch in one of the three forms that kubectl sends; the original is not changed. */
export function patched<T extends object>(original: T, contentType: string, body: unknown): T {
  const target = structuredClone(original) as unknown as Json;
  const patch = body as Json;
  switch (contentType.split(';')[0]?.trim()) {
    case 'application/merge-patch+json':
      return merged(target, patch) as unknown as T;
    case 'application/strategic-merge-patch+json':
      return strategic(target, patch, '') as unknown as T;
    case 'application/json-patch+json':
      return operated(target, patch as unknown as Operation[]) as unknown as T;
    default:
      throw new StatusError(
        415,
        'UnsupportedMediaType',
        `the body of the request was in an unknown format: ${contentType}`,
      );
  }
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7396. */
function merged(target: Json, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const result: JsonMap = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key] ?? null, value);
  }
  return result;
}

/** Lists that are merged by a key of their entries (`patchMergeKey` in k8s.io/api); all others are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  imagePullSecrets: 'name',
  conditions: 'type',
  ownerReferences: 'uid',
};

/** Strategic merge: RFC 7396 with lists merged by key, and the `$patch` and `$setElementOrder` directives. */
function strategic(target: Json, patch: Json, key: string): Json {
  if (Array.isArray(patch)) {
    const mergeKey = MERGE_KEYS[key];
    return mergeKey === undefined ? patch : mergedList(Array.isArray(target) ? target : [], patch, mergeKey);
  }
  if (!isMap(patch)) return patch;
  const { $patch: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  const result: JsonMap = isMap(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith('$setElementOrder/') || name.startsWith('$retainKeys')) continue;
    if (value === null) delete result[name];
    else result[name] = strategic(result[name] ?? null, value, name);
  }
  return result;
}

function mergedList(target: Json[], patch: Json[], mergeKey: string): Json[] {
  const result = [...target];
  for (const entry of patch.filter(isMap)) {
    const index = result.findIndex((other) => isMap(other) && other[mergeKey] === entry[mergeKey]);
    if (entry['$patch'] === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) result[index] = strategic(result[index] ?? null, entry, '');
    else result.push(strategic({}, entry, ''));
  }
  return result;
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: Json;
}

/** RFC 6902: add, replace, remove and test. */
function operated(target: Json, operations: readonly Operation[]): Json {
  for (const { op, path, value = null } of operations) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() ?? '';
    let parent = target as JsonMap;
    for (const key of keys) parent = parent?.[key] as JsonMap;
    if (typeof parent !== 'object' || parent === null) throw unprocessable(`${op} ${path}: there is no such path`);
    const list: Json[] | undefined = Array.isArray(parent) ? (parent as unknown as Json[]) : undefined;
    if (op === 'test') {
      if (JSON.stringify(parent[last]) !== JSON.stringify(value)) throw unprocessable(`test ${path} failed`);
    } else if (op === 'remove') {
      if (list === undefined) delete parent[last];
      else list.splice(Number(last), 1);
    } else if (op === 'add' && list !== undefined) list.splice(last === '-' ? list.length : Number(last), 0, value);
    else if (op === 'add' || op === 'replace') parent[last] = value;
    else throw unprocessable(`unknown operation ${op}`);
  }
  return target;
}

function unprocessable(message: string): StatusError {
  return new StatusError(422, 'Invalid', `the patch cannot be applied: ${message}`);
}
