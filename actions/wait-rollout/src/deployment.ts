import type { Deployment } from './objects.ts';
import type { Progress } from './progress.ts';

/**
 * The conditions of `kubectl rollout status` for a Deployment, in its order (kubernetes/kubectl,
 * pkg/polymorphichelpers/rollout_status.go).
 * @param generation the newest one that was seen of it: a status of an older one says nothing.
 */
export function deploymentProgress(
  { metadata, spec = {}, status = {} }: Deployment,
  generation = metadata.generation ?? 0,
): Progress {
  const { updatedReplicas: updated = 0, replicas = 0, availableReplicas: available = 0, conditions = [] } = status;
  const progressing = (message: string): Progress => ({ state: 'progressing', observed: true, message });
  if (generation > (status.observedGeneration ?? 0)) {
    return {
      state: 'progressing',
      observed: false,
      message: 'the new spec has not been observed by the controller yet',
    };
  }
  const deadline = conditions.find(({ type }) => type === 'Progressing');
  if (deadline?.reason === 'ProgressDeadlineExceeded') {
    const detail = deadline.message === undefined ? '' : `: ${deadline.message}`;
    return {
      state: 'failed',
      observed: true,
      reason: 'ProgressDeadlineExceeded',
      message: `exceeded its progress deadline${detail}`,
    };
  }
  if (spec.replicas !== undefined && updated < spec.replicas)
    return progressing(`${updated} out of ${spec.replicas} new replicas have been updated`);
  if (replicas > updated) return progressing(`${replicas - updated} old replicas are pending termination`);
  if (available < updated) return progressing(`${available} of ${updated} updated replicas are available`);
  return {
    state: 'done',
    observed: true,
    message: `${available} of ${spec.replicas ?? updated} replicas are updated and available`,
  };
}
