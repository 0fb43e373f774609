import { type Condition, type Deployment, type DeploymentStatus, type ReplicaSet, timestamp } from './objects.ts';

export interface Rollout {
  readonly deployment: Deployment;
  readonly newest: ReplicaSet | undefined;
  readonly all: readonly ReplicaSet[];
  /** Milliseconds since the rollout last made progress. */
  readonly quietFor: number;
  /** How many may be unavailable while it is Available. */
  readonly maxUnavailable: number;
}

/**
 * The status that the deployment controller writes, and whether it made progress. Rules and order from
 * kubernetes/kubernetes pkg/controller/deployment: `calculateStatus`, then `syncRolloutStatus`.
 */
export function deploymentStatus({ deployment, newest, all, quietFor, maxUnavailable }: Rollout): {
  status: DeploymentStatus;
  progressed: boolean;
} {
  const { spec, metadata, status: before = {} } = deployment;
  const desired = spec.replicas ?? 1;
  const sum = (count: (replicaSet: ReplicaSet) => number | undefined) =>
    all.reduce((total, each) => total + (count(each) ?? 0), 0);
  const replicas = sum(({ status }) => status?.replicas);
  const available = sum(({ status }) => status?.availableReplicas);
  const updated = newest?.status?.replicas ?? 0;
  const counts = {
    replicas,
    updatedReplicas: updated,
    readyReplicas: sum(({ status }) => status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(({ spec: { replicas: wanted } }) => wanted) - available),
  };
  const enough = available >= desired - maxUnavailable;
  let conditions = withCondition(before.conditions ?? [], {
    type: 'Available',
    status: enough ? 'True' : 'False',
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
  });

  const progressed =
    updated > (before.updatedReplicas ?? 0) ||
    replicas - updated < (before.replicas ?? 0) - (before.updatedReplicas ?? 0) ||
    counts.readyReplicas > (before.readyReplicas ?? 0) ||
    available > (before.availableReplicas ?? 0);
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  const name = newest?.metadata.name ?? metadata.name;
  const alreadyComplete = replicas === updated && progressing?.reason === 'NewReplicaSetAvailable';
  if (spec.paused !== true && !alreadyComplete) {
    const deadline = (spec.progressDeadlineSeconds ?? 600) * 1_000;
    if (updated === desired && replicas === desired && available >= desired) {
      conditions = withCondition(
        conditions,
        progressCondition('True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`),
      );
    } else if (progressed) {
      const fresh = progressCondition('True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`);
      conditions = withCondition(
        conditions.filter(({ reason }) => reason !== 'ProgressDeadlineExceeded'),
        fresh,
      );
    } else if (progressing !== undefined && progressing.reason !== 'NewReplicaSetAvailable' && quietFor >= deadline) {
      conditions = withCondition(
        conditions,
        progressCondition('False', 'ProgressDeadlineExceeded', `ReplicaSet "${name}" has timed out progressing.`),
      );
    }
  }
  // Counts that are zero have no key, as Go's omitempty leaves them out.
  const written = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
  return { status: { observedGeneration: metadata.generation ?? 1, ...written, conditions }, progressed };
}

export function progressCondition(status: Condition['status'], reason: string, message: string): Condition {
  return { type: 'Progressing', status, reason, message };
}

/** Replaces the condition of that type; the transition time changes with the status only. */
export function withCondition(conditions: readonly Condition[], condition: Condition): Condition[] {
  const before = conditions.find(({ type }) => type === condition.type);
  if (before !== undefined && before.status === condition.status && before.reason === condition.reason)
    return [...conditions];
  const now = timestamp();
  const lastTransitionTime = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now;
  return [
    ...conditions.filter(({ type }) => type !== condition.type),
    { ...condition, lastUpdateTime: now, lastTransitionTime },
  ];
}
