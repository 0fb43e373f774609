import type { KubeClient } from '@delivery-actions/kube';
import type { Clock, Deadline } from '@delivery-actions/waiting';
import { type Followed, follow } from './follow.ts';
import type { Workload } from './workload.ts';

export interface Wait {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly clock: Clock;
  /** One for all workloads. */
  readonly deadline: Deadline;
  readonly tell: (workload: Workload, text: string) => void;
}

export type Waited = Followed | { readonly workload: Workload; readonly error: unknown };

/**
 * Follows all workloads at once. The first that fails ends the wait for all, but not before each of them has been looked
 * at, so that one run names all that is wrong from the start.
 */
export async function waitForAll(
  workloads: readonly Workload[],
  { client, namespace, clock, deadline, tell }: Wait,
): Promise<readonly Waited[]> {
  const enough = new AbortController();
  const signal = AbortSignal.any([deadline.signal, enough.signal]);
  const looks = workloads.map(() => Promise.withResolvers<void>());
  const allLooked = Promise.all(looks.map(({ promise }) => promise));
  const waits = workloads.map(async (workload, index): Promise<Waited> => {
    const looked = () => looks[index]?.resolve();
    const result: Waited = await follow(workload, { client, namespace, clock, signal, tell, looked }).catch(
      (error: unknown) => ({ workload, error }),
    );
    if ('error' in result || result.judgement.state !== 'healthy') {
      await allLooked;
      enough.abort();
    }
    return result;
  });
  return Promise.all(waits);
}
