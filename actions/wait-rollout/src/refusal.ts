import type { WorkloadObject } from './objects.ts';

/**
 * What is said about pods that may not even be made: a quota that is used up, an admission webhook, a LimitRange. The
 * controllers write it into this condition, and take it out when a pod was made after all.
 */
export function refusalOf({ status }: WorkloadObject): string | undefined {
  const refused = status?.conditions?.find((each) => each.type === 'ReplicaFailure' && each.status === 'True');
  return refused && (refused.message ?? refused.reason ?? 'no reason is given').replace(/\.$/, '');
}
