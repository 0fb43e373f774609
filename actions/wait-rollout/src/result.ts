import type { Diagnosis } from './diagnosis.ts';
import type { Followed } from './follow.ts';
import type { Reason } from './judgement.ts';
import { imagesOf, newestPods, revisionOf } from './pods.ts';
import { workloadText } from './workload.ts';

export type Result = 'healthy' | 'failed' | 'timeout' | 'deleted';

/** A row of the report. */
export interface Row {
  readonly workload: string;
  /** `unfinished`: another workload ended the wait before this one was done. */
  readonly result: Result | 'unfinished';
  /** Empty when there is nothing to explain. */
  readonly reason: Reason | '';
  readonly revision: string;
  readonly images: readonly string[];
  /** A sentence without its subject. */
  readonly message: string;
  readonly milliseconds: number;
}

export interface Ended {
  readonly followed: Followed;
  readonly diagnosis: Diagnosis;
  readonly row: Row;
}

/** Of several workloads the worst decides; what stopped the wait comes before what it left unfinished. */
const WORST_FIRST: readonly Row['result'][] = ['deleted', 'failed', 'timeout', 'unfinished', 'healthy'];

/** One workload's end; `timedOut` tells a deadline from another workload's failure. */
export function rowOf({ workload, seen, judgement, at }: Followed, start: number, timedOut: boolean): Row {
  const { object, replicaSets, pods } = seen;
  const result = judgement.state === 'waiting' ? (timedOut ? 'timeout' : 'unfinished') : judgement.state;
  const newest = object && newestPods(workload.kind, object, replicaSets, pods);
  return {
    workload: workloadText(workload),
    result,
    reason: 'reason' in judgement ? judgement.reason : result === 'timeout' ? 'Timeout' : '',
    revision: (object && revisionOf(workload.kind, object)) ?? '',
    images: object === undefined ? [] : imagesOf(object, newest),
    message: judgement.message,
    milliseconds: at - start,
  };
}

/** The row that decides the outputs `result` and `reason`. */
export function decidingRow(rows: readonly Row[]): Row | undefined {
  return [...rows].sort((a, b) => WORST_FIRST.indexOf(a.result) - WORST_FIRST.indexOf(b.result))[0];
}
