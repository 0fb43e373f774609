import { randomBytes } from 'node:crypto';
import { PODS, REPLICA_SETS } from './kinds.ts';
import { controllerOf, ownedBy, type Pod, type ReplicaSet } from './objects.ts';
import type { Store } from './store.ts';
import { workQueue } from './work-queue.ts';

/** Keeps as many pods as each ReplicaSet wants, counts them, and collects what lost its owner. */
export function startReplicaSetController(store: Store): () => void {
  const queue = workQueue((namespace, name) => {
    const replicaSet = store.find<ReplicaSet>(REPLICA_SETS, namespace, name);
    if (replicaSet !== undefined) reconcile(replicaSet);
  });
  const unsubscribe = store.subscribe(({ type, kind, object }) => {
    const { namespace = '', name, uid, ownerReferences = [] } = object.metadata;
    if (kind === REPLICA_SETS) queue.add(namespace, name);
    if (kind === PODS) for (const owner of ownerReferences) queue.add(namespace, owner.name);
    if (type === 'DELETED' && uid !== undefined) setImmediate(() => collect(namespace, uid));
  });

  function reconcile(replicaSet: ReplicaSet): void {
    const { metadata, spec } = replicaSet;
    const pods = store.list<Pod>(PODS, metadata.namespace).filter((pod) => ownedBy(pod, replicaSet) && isActive(pod));
    for (let missing = spec.replicas - pods.length; missing > 0; missing -= 1) pods.push(createPod(replicaSet));
    const surplus = pods
      .sort((a, b) => Number(isReady(a)) - Number(isReady(b)))
      .slice(0, Math.max(0, pods.length - spec.replicas));
    for (const pod of surplus) store.terminate(PODS, metadata.namespace ?? '', pod.metadata.name);
    const left = pods.filter((pod) => !surplus.includes(pod));
    const ready = left.filter(isReady).length;
    store.updateStatus(REPLICA_SETS, {
      ...replicaSet,
      status: {
        replicas: left.length,
        ...(left.length === 0 ? {} : { fullyLabeledReplicas: left.length }),
        ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
        observedGeneration: metadata.generation ?? 1,
      },
    });
  }

  function createPod(replicaSet: ReplicaSet): Pod {
    const { metadata, spec } = replicaSet;
    const { labels = {}, annotations } = spec.template.metadata ?? {};
    return store.create<Pod>(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${metadata.name}-${randomBytes(3).toString('hex').slice(0, 5)}`,
        namespace: metadata.namespace ?? 'default',
        labels,
        ...(annotations === undefined ? {} : { annotations }),
        ownerReferences: [controllerOf(replicaSet)],
      },
      spec: structuredClone(spec.template.spec),
      status: { phase: 'Pending' },
    });
  }

  /** The garbage collector: what belonged to a deleted object goes too. */
  function collect(namespace: string, owner: string): void {
    const orphaned = ({ metadata }: { metadata: Pod['metadata'] }) =>
      metadata.ownerReferences?.some(({ uid }) => uid === owner);
    for (const { metadata } of store.list(REPLICA_SETS, namespace).filter(orphaned))
      store.remove(REPLICA_SETS, namespace, metadata.name);
    for (const { metadata } of store.list(PODS, namespace).filter(orphaned))
      store.terminate(PODS, namespace, metadata.name);
  }

  return () => {
    unsubscribe();
    queue.close();
  };
}

function isActive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
}

export function isReady({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false)
  );
}
