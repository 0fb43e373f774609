import { createHash } from 'node:crypto';
import { deploymentStatus, progressCondition, withCondition } from './deployment-status.ts';
import { DEPLOYMENTS, REPLICA_SETS } from './kinds.ts';
import { controllerOf, type Deployment, ownedBy, type PodTemplate, type ReplicaSet } from './objects.ts';
import type { Store } from './store.ts';
import { workQueue } from './work-queue.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

/** Rolls Deployments out as the real controller does: one ReplicaSet per template, scaled step by step. */
export function startDeploymentController(store: Store): () => void {
  const progressedAt = new Map<string, number>();
  const deadlines = new Map<string, NodeJS.Timeout>();
  const queue = workQueue((namespace, name) => {
    const deployment = store.find<Deployment>(DEPLOYMENTS, namespace, name);
    if (deployment !== undefined && deployment.metadata.deletionTimestamp === undefined) reconcile(deployment);
  });
  const unsubscribe = store.subscribe(({ kind, object }) => {
    const { namespace = '', name, ownerReferences = [] } = object.metadata;
    if (kind === DEPLOYMENTS) queue.add(namespace, name);
    if (kind === REPLICA_SETS) for (const owner of ownerReferences) queue.add(namespace, owner.name);
  });

  function reconcile(deployment: Deployment): void {
    const all = store
      .list<ReplicaSet>(REPLICA_SETS, deployment.metadata.namespace)
      .filter((each) => ownedBy(each, deployment) && each.metadata.deletionTimestamp === undefined);
    const hash = templateHash(deployment.spec.template);
    const newest = all.find(({ metadata }) => metadata.labels?.[HASH] === hash);
    const old = all.filter((each) => each !== newest);
    const last = Math.max(0, ...old.map(revisionOf));
    if (deployment.spec.paused !== true) {
      // Each write comes back as a change, so the next step is another turn.
      if (newest === undefined) createReplicaSet(deployment, hash, old, last + 1);
      else if (revisionOf(newest) <= last) revive(deployment, newest, last + 1);
      else if (!scale(deployment, newest, old)) writeStatus(deployment, newest, all);
    } else writeStatus(deployment, newest, all);
  }

  function createReplicaSet(deployment: Deployment, hash: string, old: readonly ReplicaSet[], revision: number): void {
    const { metadata, spec } = deployment;
    const labels = { ...spec.template.metadata?.labels, [HASH]: hash };
    const created = store.create<ReplicaSet>(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${metadata.name}-${hash}`,
        namespace: metadata.namespace ?? 'default',
        labels,
        annotations: { [REVISION]: String(revision) },
        ownerReferences: [controllerOf(deployment)],
      },
      spec: {
        replicas: newReplicas(deployment, 0, old),
        selector: { matchLabels: { ...spec.selector.matchLabels, [HASH]: hash } },
        template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
      },
    });
    const message = `Created new replica set "${created.metadata.name}"`;
    announce(deployment, revision, progressCondition('True', 'NewReplicaSetCreated', message));
  }

  /** A rollback: the old ReplicaSet of this template gets the next revision. */
  function revive(deployment: Deployment, newest: ReplicaSet, revision: number): void {
    newest.metadata.annotations = { ...newest.metadata.annotations, [REVISION]: String(revision) };
    store.update(REPLICA_SETS, newest);
    announce(
      deployment,
      revision,
      progressCondition('True', 'FoundNewReplicaSet', `Found new replica set "${newest.metadata.name}"`),
    );
  }

  /** The revision and the condition come first, the observed generation only with the counts. */
  function announce(deployment: Deployment, revision: number, condition: ReturnType<typeof progressCondition>): void {
    progressedAt.set(deployment.metadata.uid ?? '', Date.now());
    deployment.metadata.annotations = { ...deployment.metadata.annotations, [REVISION]: String(revision) };
    deployment.status = {
      ...deployment.status,
      conditions: withCondition(deployment.status?.conditions ?? [], condition),
    };
    store.updateStatus(DEPLOYMENTS, deployment);
  }

  /** One step up or down; answers whether there was one. */
  function scale(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): boolean {
    const up = newReplicas(deployment, newest.spec.replicas, old);
    if (up !== newest.spec.replicas) {
      store.update(REPLICA_SETS, { ...newest, spec: { ...newest.spec, replicas: up } });
      return true;
    }
    const running = old.filter(({ spec }) => spec.replicas > 0);
    if (running.length === 0) return false;
    let spare = spareReplicas(deployment, newest, running);
    let scaled = false;
    // Broken old pods go first: they serve nobody.
    const broken = ({ spec, status }: ReplicaSet) => spec.replicas - (status?.availableReplicas ?? 0);
    for (const each of running.sort((a, b) => broken(b) - broken(a))) {
      const down = Math.min(spare, each.spec.replicas);
      if (down <= 0) continue;
      store.update(REPLICA_SETS, { ...each, spec: { ...each.spec, replicas: each.spec.replicas - down } });
      spare -= down;
      scaled = true;
    }
    return scaled;
  }

  function writeStatus(deployment: Deployment, newest: ReplicaSet | undefined, all: readonly ReplicaSet[]): void {
    const uid = deployment.metadata.uid ?? '';
    const quietFor = Date.now() - (progressedAt.get(uid) ?? Date.now());
    const { maxUnavailable } = limits(deployment);
    const { status, progressed } = deploymentStatus({ deployment, newest, all, quietFor, maxUnavailable });
    if (progressed) progressedAt.set(uid, Date.now());
    clearTimeout(deadlines.get(uid));
    const waiting = status.conditions?.some(({ reason }) =>
      /^(?:NewReplicaSetCreated|FoundNewReplicaSet|ReplicaSetUpdated)$/.test(reason ?? ''),
    );
    if (waiting) {
      const left = (deployment.spec.progressDeadlineSeconds ?? 600) * 1_000 - (progressed ? 0 : quietFor);
      const { namespace = '', name } = deployment.metadata;
      deadlines.set(
        uid,
        setTimeout(() => queue.add(namespace, name), Math.max(1, left)),
      );
    }
    store.updateStatus(DEPLOYMENTS, { ...deployment, status });
  }

  return () => {
    unsubscribe();
    queue.close();
    for (const timer of deadlines.values()) clearTimeout(timer);
  };
}

function newReplicas({ spec }: Deployment, present: number, old: readonly ReplicaSet[]): number {
  const desired = spec.replicas ?? 1;
  const others = old.reduce((total, each) => total + each.spec.replicas, 0);
  if (spec.strategy?.type === 'Recreate') {
    return old.some((each) => each.spec.replicas > 0 || (each.status?.replicas ?? 0) > 0) ? present : desired;
  }
  const most = desired + limits({ spec }).maxSurge - others;
  return present > desired ? desired : Math.max(present, Math.min(desired, most));
}

/** How many old replicas can go now without fewer being available than promised. */
function spareReplicas(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): number {
  const desired = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.type === 'Recreate') return Number.POSITIVE_INFINITY;
  const least = desired - limits(deployment).maxUnavailable;
  const wanted = [newest, ...old].reduce((total, each) => total + each.spec.replicas, 0);
  const newUnavailable = newest.spec.replicas - (newest.status?.availableReplicas ?? 0);
  return Math.max(0, wanted - least - newUnavailable);
}

/** Kubernetes' defaults are 25 %: the surge is rounded up, what may be missing down. */
function limits({ spec }: Pick<Deployment, 'spec'>): { maxSurge: number; maxUnavailable: number } {
  const desired = spec.replicas ?? 1;
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const share = (value: number | string, round: (value: number) => number) =>
    typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * desired);
  const surge = share(maxSurge, Math.ceil);
  const missing = spec.strategy?.type === 'Recreate' ? desired : share(maxUnavailable, Math.floor);
  return { maxSurge: surge, maxUnavailable: surge === 0 && missing === 0 ? 1 : missing };
}

function revisionOf({ metadata }: ReplicaSet): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

/** Ten letters that a name may have, the same for the same template however it is written down. */
function templateHash(template: PodTemplate): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(canonical(template)))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => 'bcdfghjklmnpqrstvwxz2456789'[byte % 27]).join('');
}

/** Keys sorted; null and empty maps, which clients add and the API server drops, left out. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, canonical(inner)] as const)
    .filter(([, inner]) => inner !== null && JSON.stringify(inner) !== '{}');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
