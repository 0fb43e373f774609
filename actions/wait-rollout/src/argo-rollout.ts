import type { Rollout } from './objects.ts';
import type { Progress } from './progress.ts';

export type Phase = 'Healthy' | 'Degraded' | 'Progressing' | 'Paused';

export interface RolloutPhase {
  readonly phase: Phase;
  readonly message: string;
  /** Whether the status is about the newest spec. */
  readonly observed: boolean;
}

const ABORTED = new Set(['RolloutAborted', 'ProgressDeadlineExceeded']);
/** Phases of an AnalysisRun that has ended. */
const COMPLETED = new Set(['Successful', 'Failed', 'Error', 'Inconclusive']);

/** What the phase of a Rollout means for the wait: only Healthy and Degraded end it. */
export function rolloutProgress(rollout: Rollout, generation?: number): Progress {
  const { phase, message, observed } = rolloutPhase(rollout, generation);
  const text = message === '' ? phase : `${phase}: ${message}`;
  if (phase === 'Degraded') return { state: 'failed', observed, reason: 'Degraded', message: `is ${text}` };
  return { state: phase === 'Healthy' ? 'done' : 'progressing', observed, message: text };
}

/**
 * The phase as `kubectl argo rollouts status` shows it (argoproj/argo-rollouts, utils/rollout: GetRolloutPhase, then for
 * controllers before 1.0, which write none, CalculateRolloutPhase).
 * @param generation the newest one that was seen of it.
 */
export function rolloutPhase(rollout: Rollout, generation = rollout.metadata.generation ?? 0): RolloutPhase {
  const { spec = {}, status = {} } = rollout;
  const progressing = (message: string, observed = true): RolloutPhase => ({ phase: 'Progressing', message, observed });
  if (!isObserved(status.observedGeneration, generation))
    return progressing('waiting for rollout spec update to be observed', false);
  // Somebody has just promoted it: the phase is still that of the pause.
  if (status.controllerPause === true && (status.pauseConditions ?? []).length === 0)
    return progressing('waiting for rollout to unpause');
  const workload = wholeNumber(rollout.metadata.annotations?.['rollout.argoproj.io/workload-generation']);
  const seen = wholeNumber(status.workloadObservedGeneration);
  if (spec.templateResolvedFromRef === true && workload !== undefined && seen !== undefined && workload !== seen) {
    return progressing('waiting for rollout spec update to be observed for the reference workload', false);
  }
  if (status.phase !== undefined && status.phase !== '') {
    return { phase: status.phase as Phase, message: status.message ?? '', observed: true };
  }
  return calculatedPhase(rollout);
}

function calculatedPhase({ spec = {}, status = {} }: Rollout): RolloutPhase {
  const is = (phase: Phase, message = ''): RolloutPhase => ({ phase, message, observed: true });
  for (const { type, reason = '', message = '' } of status.conditions ?? []) {
    if (type === 'InvalidSpec') return is('Degraded', `InvalidSpec: ${message}`);
    if (ABORTED.has(reason)) return is('Degraded', `${reason}: ${message}`);
  }
  if (spec.paused === true) return is('Paused', 'manually paused');
  const [pause] = status.pauseConditions ?? [];
  if (pause !== undefined) return is('Paused', pause.reason ?? '');
  if (spec.restartAt !== undefined && !sameMoment(spec.restartAt, status.restartedAt))
    return is('Progressing', 'rollout is restarting');

  const {
    replicas = 0,
    updatedReplicas: updated = 0,
    availableReplicas: available = 0,
    currentPodHash = '',
    stableRS = '',
  } = status;
  if (updated < (spec.replicas ?? 1)) return is('Progressing', 'more replicas need to be updated');
  if (available < updated) return is('Progressing', 'updated replicas are still becoming available');
  const promoted = stableRS !== '' && stableRS === currentPodHash;
  if (spec.strategy?.blueGreen !== undefined) {
    const active = status.blueGreen?.activeSelector ?? '';
    if (active === '' || active !== currentPodHash) return is('Progressing', 'active service cutover pending');
    const analysis = status.blueGreen?.postPromotionAnalysisRunStatus;
    const running = analysis !== undefined && !COMPLETED.has(analysis.status ?? '');
    if (!promoted)
      return is(
        'Progressing',
        running ? 'waiting for analysis to complete' : 'waiting for post-promotion verification to complete',
      );
  } else if (spec.strategy?.canary !== undefined) {
    if (spec.strategy.canary.trafficRouting === undefined && replicas > updated)
      return is('Progressing', 'old replicas are pending termination');
    if (!promoted) return is('Progressing', 'waiting for all steps to complete');
  }
  return is('Healthy');
}

/** A hash, which controllers before 1.0 write, counts as observed; so does a number that has run ahead of ours. */
function isObserved(observed: string | undefined, generation: number): boolean {
  const number = wholeNumber(observed);
  return number === undefined || number >= generation;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function sameMoment(wanted: string, done: string | undefined): boolean {
  return done !== undefined && Date.parse(wanted) === Date.parse(done);
}
