import type { Deployment, Pod, ReplicaSet, Rollout, WorkloadObject } from './objects.ts';
import type { WorkloadKind } from './workload.ts';

const REVISION: Readonly<Record<WorkloadKind, string>> = {
  deployment: 'deployment.kubernetes.io/revision',
  rollout: 'rollout.argoproj.io/revision',
};
const POD_HASH = 'rollouts-pod-template-hash';

/** The revision as the controller counts it. */
export function revisionOf(kind: WorkloadKind, object: WorkloadObject): string | undefined {
  return object.metadata.annotations?.[REVISION[kind]];
}

/**
 * The pods of the newest ReplicaSet alone, those that are ending left out: what an old revision's pods do says nothing
 * about the new one. A Deployment's newest ReplicaSet is the one that it owns with its own revision; a Rollout names the
 * hash of its pods. Undefined when it is not known which pods are the new ones.
 */
export function newestPods(
  kind: WorkloadKind,
  object: WorkloadObject,
  replicaSets: readonly ReplicaSet[] | undefined,
  pods: readonly Pod[] | undefined,
): readonly Pod[] | undefined {
  const alive = pods?.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (kind === 'rollout') {
    const hash = (object as Rollout).status?.currentPodHash;
    return hash === undefined || hash === ''
      ? undefined
      : alive?.filter(({ metadata }) => metadata.labels?.[POD_HASH] === hash);
  }
  const newest = newestReplicaSet(object as Deployment, replicaSets);
  if (newest === undefined) return undefined;
  return alive?.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === newest.metadata.uid));
}

/** What the pods of a workload are found by, in the query's form. */
export function podSelector(object: WorkloadObject): string {
  const { matchLabels = {}, matchExpressions = [] } = object.spec?.selector ?? {};
  const terms = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(',')})`;
    }),
  ];
  // A Rollout that takes its template from a Deployment has no selector of its own.
  return terms.length === 0 ? POD_HASH : terms.join(',');
}

/** The images that the workload wants to run; of a Rollout without a template of its own, those of its pods. */
export function imagesOf(object: WorkloadObject, newest: readonly Pod[] | undefined): readonly string[] {
  const own = object.spec?.template?.spec?.containers;
  const containers = own ?? newest?.flatMap(({ spec }) => spec?.containers ?? []) ?? [];
  return [...new Set(containers.map(({ image }) => image))];
}

function newestReplicaSet(
  { metadata }: Deployment,
  replicaSets: readonly ReplicaSet[] | undefined,
): ReplicaSet | undefined {
  const revision = metadata.annotations?.[REVISION.deployment];
  if (revision === undefined) return undefined;
  return replicaSets?.find(
    (each) =>
      each.metadata.annotations?.[REVISION.deployment] === revision &&
      each.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid),
  );
}
