import { didYouMean } from '@delivery-actions/action-kit';
import type { KubeObject, ManagedFields, ObjectMeta } from '@delivery-actions/kube';
import { judgeKeys, type KeyFinding, lookInto, type Wanted } from '../keys.ts';
import type { K8sCheck } from './k8s-check.ts';

export interface Secret extends KubeObject {
  /** In base64. */
  readonly data?: Readonly<Record<string, string>>;
}

type Judgement = Pick<K8sCheck, 'verdict' | 'deletion' | 'keys' | 'found' | 'suggestedKeys'>;

/** The verdict on a Secret without its values; undefined when only they can tell. */
export function judgeMetadata(metadata: ObjectMeta, { keys, notPlaceholder }: Wanted): Judgement | undefined {
  const { deletionTimestamp: since, finalizers = [], managedFields = [] } = metadata;
  if (since !== undefined) return { verdict: 'DELETING', deletion: { since, finalizers } };
  const written = keysWritten(managedFields);
  if (written.size === 0 && isKnownFromBirth(metadata)) return { verdict: 'NO-VALUE' };
  if (notPlaceholder) return undefined;
  if (keys.length === 0) return { verdict: 'EXISTS' };
  const all = keys.every((key) => written.has(key));
  return all ? { verdict: 'EXISTS', keys, found: { missing: [], otherCase: [], empty: [] } } : undefined;
}

/**
 * The keys that some manager has written and none has removed. What is in it is there; what is not may be there all the
 * same, written before fields were tracked.
 */
function keysWritten(managedFields: readonly ManagedFields[]): ReadonlySet<string> {
  const fields = managedFields.flatMap(({ fieldsV1 }) => Object.keys((fieldsV1?.['f:data'] as object | null) ?? {}));
  return new Set(fields.filter((field) => field.startsWith('f:')).map((field) => field.slice(2)));
}

/** A manager's entry as old as the object: whatever was written to it is in the entries. */
function isKnownFromBirth({ managedFields = [], creationTimestamp }: ObjectMeta): boolean {
  return creationTimestamp !== undefined && managedFields.some(({ time }) => time === creationTimestamp);
}

/** The verdict on its values, which do not leave this function. */
export function judgeData({ data = {} }: Secret, wanted: Wanted): Judgement {
  const names = Object.keys(data);
  const { keys } = wanted;
  if (names.length === 0) return { verdict: 'NO-VALUE', keys };
  const texts = names.map((name) => [name, Buffer.from(data[name] ?? '', 'base64').toString('utf8')]);
  const found: KeyFinding = lookInto(JSON.stringify(Object.fromEntries(texts)), wanted);
  const meant = found.missing.flatMap((key) => {
    const near = didYouMean(key, names);
    return near === undefined ? [] : [[key, near] as const];
  });
  return {
    verdict: judgeKeys(found) ?? 'EXISTS',
    keys,
    found,
    ...(meant.length === 0 ? {} : { suggestedKeys: Object.fromEntries(meant) }),
  };
}
