import { rolloutProgress } from './argo-rollout.ts';
import { deploymentProgress } from './deployment.ts';
import type { Deployment, Rollout } from './objects.ts';
import type { Progress } from './progress.ts';
import { refusalOf } from './refusal.ts';
import { newTroubles, type Seen, troubleKey } from './seen.ts';
import type { Trouble } from './trouble.ts';

/** Why a wait did not end well; the output `reason`. */
export type Reason =
  | 'ImagePullFailed'
  | 'CrashLoop'
  | 'ContainerConfig'
  | 'PodsRefused'
  | 'ProgressDeadlineExceeded'
  | 'Degraded'
  | 'Paused'
  | 'NotFound'
  | 'Deleted'
  | 'Timeout';

export type Judgement =
  | { readonly state: 'healthy'; readonly message: string; readonly troubles: readonly Trouble[] }
  | {
      readonly state: 'waiting';
      readonly message: string;
      readonly troubles: readonly Trouble[];
      /** Milliseconds after which the same sightings are worth another look. */
      readonly again?: number;
    }
  | {
      readonly state: 'failed' | 'deleted';
      readonly reason: Reason;
      /** A sentence without its subject, the workload. */
      readonly message: string;
      /** Its first is the cause, when it lies in a pod. */
      readonly troubles: readonly Trouble[];
    };

/**
 * How long a trouble that may heal by itself is watched: a Secret or ConfigMap may be made a moment after its user, and pods
 * of the old revision leave room in a quota when they end.
 */
const CONFIRM = 60_000;

/** The verdict on all that has been seen of a workload up to `now` (milliseconds). */
export function judge(seen: Seen, now: number): Judgement {
  const { object, gone, workload, generation } = seen;
  if (gone === 'never-there') return { state: 'failed', reason: 'NotFound', message: 'does not exist', troubles: [] };
  if (gone === 'replaced')
    return deleted('was deleted, and another one of the same name was made, which is not followed');
  if (gone === 'deleted') return deleted('was deleted');
  if (object === undefined) return { state: 'waiting', message: 'not looked at yet', troubles: [] };
  if (object.metadata.deletionTimestamp !== undefined) return deleted('is being deleted');
  if (workload.kind === 'deployment' && object.spec?.paused === true) {
    return { state: 'failed', reason: 'Paused', message: 'is paused by its spec: no new pods are made', troubles: [] };
  }
  const progress = progressOf(seen, generation);
  if (progress.state === 'done') return { state: 'healthy', message: progress.message, troubles: [] };
  // Until the status is about the newest spec, the newest ReplicaSet is still the old one.
  const troubles = progress.observed ? newTroubles(seen) : [];
  const because = [...troubles].sort((a, b) => weight(a) - weight(b));
  const refusal = progress.observed ? refusalOf(object) : undefined;
  const message = refusal === undefined ? progress.message : `${progress.message}; new pods are refused: ${refusal}`;
  if (progress.state === 'failed') {
    return { state: 'failed', reason: progress.reason ?? 'Degraded', message, troubles: because };
  }
  const leftSince = (since = now) => CONFIRM - (now - since);
  const left = (trouble: Trouble) => leftSince(seen.troubledSince.get(troubleKey(trouble)));
  const fatal = because.find(
    (trouble) => trouble.fatal === 'sure' || (trouble.fatal === 'unless-it-passes' && left(trouble) <= 0),
  );
  if (fatal !== undefined) {
    const others = because.filter((trouble) => trouble !== fatal);
    return {
      state: 'failed',
      reason: reasonOf(fatal),
      message: `failed: ${troubleText(fatal)}`,
      troubles: [fatal, ...others],
    };
  }
  if (refusal !== undefined && leftSince(seen.refusedSince) <= 0)
    return { state: 'failed', reason: 'PodsRefused', message: `failed: ${message}`, troubles: because };
  const waits = [
    ...because.filter((trouble) => trouble.fatal === 'unless-it-passes').map(left),
    ...(refusal === undefined ? [] : [leftSince(seen.refusedSince)]),
  ];
  return {
    state: 'waiting',
    message,
    troubles: because,
    ...(waits.length === 0 ? {} : { again: Math.min(...waits) }),
  };
}

/** `container app of pod checkout-5d9 keeps crashing (exit code 1, 3 restarts)` */
export function troubleText({ kind, pod, container, message }: Trouble): string {
  const where = container === undefined ? `pod ${pod}` : `container ${container} of pod ${pod}`;
  if (kind === 'image') return `${message} (${where})`;
  if (kind === 'config') return `${where} cannot be started, ${message}`;
  return container === undefined ? `${where}: ${message}` : `${where} ${message}`;
}

function progressOf({ workload, object }: Seen, generation: number): Progress {
  return workload.kind === 'rollout'
    ? rolloutProgress(object as Rollout, generation)
    : deploymentProgress(object as Deployment, generation);
}

function deleted(message: string): Judgement {
  return { state: 'deleted', reason: 'Deleted', message, troubles: [] };
}

function reasonOf({ kind }: Trouble): Reason {
  if (kind === 'image') return 'ImagePullFailed';
  return kind === 'config' ? 'ContainerConfig' : 'CrashLoop';
}

/** Causes before effects: a pod that is merely not ready comes last. */
function weight({ fatal, kind }: Trouble): number {
  if (fatal !== 'no') return fatal === 'sure' ? 0 : 1;
  return 2 + ['image', 'crash', 'config', 'unscheduled', 'not-ready', 'starting'].indexOf(kind);
}
