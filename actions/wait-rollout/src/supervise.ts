import { type Finding, formatDuration, type Run, UserError } from '@delivery-actions/action-kit';
import { type KubeClient, KubeFailure } from '@delivery-actions/kube';
import { type Clock, deadline, systemClock } from '@delivery-actions/waiting';
import { connect } from './cluster.ts';
import { diagnose } from './diagnosis.ts';
import { findingsOf } from './findings.ts';
import type { Followed } from './follow.ts';
import type { Inputs } from './inputs.ts';
import { rolloutReport } from './report.ts';
import { decidingRow, type Ended, rowOf } from './result.ts';
import { type Waited, waitForAll } from './wait.ts';
import { type Workload, workloadText } from './workload.ts';

/** Stand-ins for the clock and the cluster, in tests. */
export interface Dependencies {
  readonly clock?: Clock;
  readonly cluster?: (run: Run, inputs: Inputs, clock: Clock) => Promise<KubeClient>;
}

/** Waits for all workloads under one deadline, then tells how it ended and why. */
export async function supervise(
  run: Run,
  inputs: Inputs,
  { clock = systemClock, cluster = connect }: Dependencies = {},
): Promise<void> {
  const start = clock.now();
  using limit = deadline(clock, inputs.timeout, run.signal);
  const client = await cluster(run, inputs, clock).catch(refuse);
  const namespace = inputs.namespace ?? client.access.namespace;
  const names = inputs.workloads.map(workloadText);
  const what = names.length === 1 ? names[0] : `${names.length} workloads`;
  run.line(
    `Waiting for ${what} in namespace ${namespace} (${client.access.origin}), at most ${formatDuration(inputs.timeout)}`,
  );

  const waited = await waitForAll(inputs.workloads, {
    client,
    namespace,
    clock,
    deadline: limit,
    tell: teller(run, inputs.workloads, () => clock.now() - start),
  });
  run.signal.throwIfAborted();
  const followed = withoutErrors(waited);
  const timedOut = limit.signal.aborted;
  const end = Math.max(...followed.map(({ at }) => at));

  const ended: Ended[] = await Promise.all(
    followed.map(async (each) => ({
      followed: each,
      diagnosis: await diagnose(each, { client, namespace, clock }),
      row: rowOf(each, start, timedOut),
    })),
  );
  const rows = ended.map(({ row }) => row);
  const findings = findingsOf(ended, { namespace, timeout: inputs.timeout, server: client.access.server });
  const decides = decidingRow(rows);
  await run.report(rolloutReport(rows, findings, end - start));
  run.outputs({
    result: decides?.result ?? 'failed',
    reason: decides?.reason ?? '',
    revision: rows.map(({ revision }) => revision).join('\n'),
    images: [...new Set(rows.flatMap(({ images }) => images))].join('\n'),
    'duration-seconds': Math.round((end - start) / 100) / 10,
  });
}

/** Lines with the time since the start and, where there are several, the workload, aligned. */
function teller(
  run: Run,
  workloads: readonly Workload[],
  elapsed: () => number,
): (workload: Workload, text: string) => void {
  const width = Math.max(...workloads.map((workload) => workloadText(workload).length));
  return (workload, text) => {
    const name = workloads.length === 1 ? '' : `${workloadText(workload).padEnd(width)}  `;
    run.line(`${formatDuration(elapsed()).padStart(6)}  ${name}${text}`);
  };
}

/** The cluster would not let us watch: all that is wrong, as one error. */
function withoutErrors(waited: readonly Waited[]): Followed[] {
  const findings = new Map<string, Finding>();
  const followed: Followed[] = [];
  for (const each of waited) {
    if (!('error' in each)) followed.push(each);
    else if (each.error instanceof KubeFailure) findings.set(each.error.message, findingOf(each.error, each.workload));
    else throw each.error;
  }
  if (findings.size > 0) throw UserError.all([...findings.values()]);
  return followed;
}

function findingOf({ kind, message, hint }: KubeFailure, workload?: Workload): Finding {
  const level = 'error';
  if (kind === 'not-found' && workload?.kind === 'rollout') {
    return {
      level,
      message: 'The cluster does not know rollouts.argoproj.io: Argo Rollouts is not installed in it.',
      hint: 'is this the right context? kubectl get crd rollouts.argoproj.io',
    };
  }
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  return hint === undefined ? { level, message: text } : { level, message: text, hint };
}

function refuse(error: unknown): never {
  throw error instanceof KubeFailure ? UserError.all([findingOf(error)]) : error;
}
