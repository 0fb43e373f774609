import {
  deployments,
  type KubeClient,
  KubeFailure,
  type KubeObject,
  pods,
  type Resource,
  replicaSets,
  rollouts,
  type WatchEvent,
} from '@delivery-actions/kube';
import type { Clock } from '@delivery-actions/waiting';
import { type Judgement, judge, troubleText } from './judgement.ts';
import type { Pod, ReplicaSet, WorkloadObject } from './objects.ts';
import { podSelector } from './pods.ts';
import { nothingSeen, type Seen, type Sighting, seenNext, troubleKey } from './seen.ts';
import type { Workload, WorkloadKind } from './workload.ts';

export const RESOURCES: Readonly<Record<WorkloadKind, Resource>> = { deployment: deployments, rollout: rollouts };

export interface Followed {
  readonly workload: Workload;
  readonly seen: Seen;
  /** The last one; `waiting` when the wait was ended from outside. */
  readonly judgement: Judgement;
  /** What could not be looked at, and the rule that is missing. */
  readonly blind: readonly KubeFailure[];
  /** Why the last interruption of the workload's watch was one, where there has been one. */
  readonly gap: string | undefined;
  /** When it ended, in milliseconds. */
  readonly at: number;
}

/** Milliseconds for the first list of the pods; a verdict that is clear without them does not wait longer. */
const PODS_PATIENCE = 5_000;

export interface Following {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  /** Ends the wait: time is up, another workload failed, or the job was cancelled. */
  readonly signal: AbortSignal;
  /** One line for the log, whenever something has changed. */
  readonly tell: (workload: Workload, text: string) => void;
  /** Called once, when this workload has been looked at for the first time or never will be. */
  readonly looked: () => void;
}

/**
 * Watches one workload, and the ReplicaSets and pods that belong to it, until there is a verdict or the signal is aborted.
 * Throws a KubeFailure when the workload itself cannot be watched; what cannot be seen of its pods only makes it blind.
 */
export async function follow(workload: Workload, following: Following): Promise<Followed> {
  const { client, namespace, clock, tell, looked } = following;
  const ended = new AbortController();
  const signal = AbortSignal.any([following.signal, ended.signal]);
  const blind: KubeFailure[] = [];
  const told = { message: '', troubles: new Set<string>() };
  const { promise, resolve, reject } = Promise.withResolvers<Followed>();
  let seen = nothingSeen(workload);
  let unlisted: Set<string> | undefined;
  let gap: string | undefined;
  let cancelLook = () => {};
  let cancelPatience = () => {};

  function finish(judgement: Judgement): void {
    resolve({ workload, seen, judgement, blind, gap, at: clock.now() });
  }

  function look(): void {
    cancelLook();
    const judgement = judge(seen, clock.now());
    const { object } = seen;
    const needed = judgement.state !== 'healthy' || object?.spec?.template === undefined;
    if (object !== undefined && unlisted === undefined && needed) watchPods(object);
    // A bad or pending verdict is worth more once the pods have been seen: they know why.
    if (needed && unlisted !== undefined && unlisted.size > 0) return;
    report(judgement);
    looked();
    if (judgement.state !== 'waiting') finish(judgement);
    else if (judgement.again !== undefined) cancelLook = clock.after(Math.max(1, judgement.again), look);
  }

  function report({ message, troubles, state }: Judgement): void {
    const keys = new Set(troubles.filter(({ kind }) => kind !== 'starting' && kind !== 'not-ready').map(troubleKey));
    for (const trouble of troubles) {
      if (state === 'waiting' && keys.has(troubleKey(trouble)) && !told.troubles.has(troubleKey(trouble))) {
        tell(workload, troubleText(trouble));
      }
    }
    told.troubles = keys;
    if (message !== told.message && (state === 'waiting' || state === 'healthy')) tell(workload, message);
    told.message = message;
  }

  async function watch<T extends KubeObject>(
    resource: Resource,
    selectors: { fieldSelector?: string; labelSelector?: string },
    sight: (event: WatchEvent<T>) => Sighting,
  ): Promise<void> {
    const onGap = ({ message }: Error) => {
      if (resource === RESOURCES[workload.kind]) gap = message;
    };
    for await (const event of client.watch<T>(resource, namespace, { ...selectors, signal, onGap })) {
      if (signal.aborted) return;
      const sighting = sight(event);
      seen = seenNext(seen, sighting, clock.now());
      unlisted?.delete(sighting.of);
      look();
    }
  }

  /** Started once, when the workload alone does not tell all: a selector never changes. */
  function watchPods(object: WorkloadObject): void {
    const selectors = { labelSelector: podSelector(object) };
    const watches: [Sighting['of'], Promise<void>][] = [];
    // A Rollout names the hash of its new pods itself, so its ReplicaSets need not be read.
    unlisted = new Set(workload.kind === 'rollout' ? ['pods'] : ['pods', 'replica-sets']);
    watches.push(['pods', watch<Pod>(pods, selectors, (event) => ({ of: 'pods', event }))]);
    if (workload.kind === 'deployment') {
      watches.push([
        'replica-sets',
        watch<ReplicaSet>(replicaSets, selectors, (event) => ({ of: 'replica-sets', event })),
      ]);
    }
    cancelPatience = clock.after(PODS_PATIENCE, () => {
      unlisted?.clear();
      look();
    });
    for (const [of, watching] of watches) {
      watching.catch((error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof KubeFailure)) return reject(error);
        blind.push(error);
        unlisted?.delete(of);
        look();
      });
    }
  }

  const stop = () => finish(judge(seen, clock.now()));
  if (following.signal.aborted) stop();
  following.signal.addEventListener('abort', stop, { once: true });
  watch<WorkloadObject>(RESOURCES[workload.kind], { fieldSelector: `metadata.name=${workload.name}` }, (event) => ({
    of: 'workload',
    event,
  })).catch((error: unknown) => (signal.aborted ? undefined : reject(error)));
  try {
    return await promise;
  } finally {
    following.signal.removeEventListener('abort', stop);
    looked();
    cancelLook();
    cancelPatience();
    ended.abort();
  }
}
