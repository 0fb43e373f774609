import type { KubeObject, WatchEvent } from '@delivery-actions/kube';
import type { Pod, ReplicaSet, WorkloadObject } from './objects.ts';
import { newestPods } from './pods.ts';
import { refusalOf } from './refusal.ts';
import { podTroubles, type Trouble } from './trouble.ts';
import type { Workload } from './workload.ts';

/** One thing that a watch told. */
export type Sighting =
  | { readonly of: 'workload'; readonly event: WatchEvent<WorkloadObject> }
  | { readonly of: 'replica-sets'; readonly event: WatchEvent<ReplicaSet> }
  | { readonly of: 'pods'; readonly event: WatchEvent<Pod> };

/** All that has been seen of one workload; a value, so a recorded wait can be played back. */
export interface Seen {
  readonly workload: Workload;
  /** The workload as of now; undefined before the first look, and when it is gone. */
  readonly object: WorkloadObject | undefined;
  /** Who we wait for: one made anew under the same name is another one. */
  readonly uid: string | undefined;
  readonly gone: 'never-there' | 'deleted' | 'replaced' | undefined;
  /** The newest generation seen; a status of an older one says nothing. */
  readonly generation: number;
  /** Undefined until they were listed, and when we may not see them. */
  readonly replicaSets: readonly ReplicaSet[] | undefined;
  readonly pods: readonly Pod[] | undefined;
  /** When each trouble of the new pods was first seen, in milliseconds; those that have passed are left out. */
  readonly troubledSince: ReadonlyMap<string, number>;
  /** Since when the cluster refuses its pods, in milliseconds; undefined while it does not. */
  readonly refusedSince: number | undefined;
}

export function nothingSeen(workload: Workload): Seen {
  return {
    workload,
    object: undefined,
    uid: undefined,
    gone: undefined,
    generation: 0,
    replicaSets: undefined,
    pods: undefined,
    troubledSince: new Map(),
    refusedSince: undefined,
  };
}

/** What is known after one more sighting, made at `now`. */
export function seenNext(seen: Seen, sighting: Sighting, now: number): Seen {
  const next = withSighting(seen, sighting);
  const before = seen.troubledSince;
  const since = new Map(
    newTroubles(next).map((trouble) => [troubleKey(trouble), before.get(troubleKey(trouble)) ?? now]),
  );
  const refused = next.object !== undefined && refusalOf(next.object) !== undefined;
  return { ...next, troubledSince: since, refusedSince: refused ? (seen.refusedSince ?? now) : undefined };
}

/** The troubles of the newest ReplicaSet's pods. */
export function newTroubles({ workload, object, replicaSets, pods }: Seen): readonly Trouble[] {
  if (object === undefined) return [];
  return (newestPods(workload.kind, object, replicaSets, pods) ?? []).flatMap(podTroubles);
}

/** Stays the same while the trouble does. */
export function troubleKey({ pod, container = '', kind, reason }: Trouble): string {
  return `${pod}/${container}/${kind === 'image' ? kind : reason}`;
}

function withSighting(seen: Seen, { of, event }: Sighting): Seen {
  if (of === 'workload')
    return event.type === 'listed' ? ofList(seen, event.objects) : ofEvent(seen, event.type, event.object);
  if (of === 'pods') return { ...seen, pods: collection(seen.pods, event) };
  return { ...seen, replicaSets: collection(seen.replicaSets, event) };
}

/** A list after a gap: a deletion may have happened in it. */
function ofList(seen: Seen, objects: readonly WorkloadObject[]): Seen {
  const object = objects.find(({ metadata }) => metadata.name === seen.workload.name);
  if (object !== undefined) return ofEvent(seen, 'changed', object);
  return { ...seen, object: undefined, gone: seen.uid === undefined ? 'never-there' : 'deleted' };
}

function ofEvent(seen: Seen, type: 'changed' | 'deleted', object: WorkloadObject): Seen {
  const { uid, generation = 0 } = object.metadata;
  if (seen.uid !== undefined && uid !== seen.uid) return { ...seen, gone: 'replaced' };
  if (type === 'deleted') return { ...seen, gone: 'deleted' };
  return { ...seen, object, uid, generation: Math.max(seen.generation, generation) };
}

function collection<T extends KubeObject>(before: readonly T[] | undefined, event: WatchEvent<T>): readonly T[] {
  if (event.type === 'listed') return event.objects;
  const { uid } = event.object.metadata;
  const others = (before ?? []).filter(({ metadata }) => metadata.uid !== uid);
  return event.type === 'deleted' ? others : [...others, event.object];
}
