import type { Rehearsal } from './rehearse.ts';
import type { JobResult, StepResult, WorkflowResult } from './workflow/index.ts';
import { ENVIRONMENTS } from './world/names.ts';

/** One table of what the delivery came to: a line for each question, a column for each environment. */
export function outcomeTable({ delivery, telemetry, metrics }: Rehearsal): string[] {
  const build = job(delivery, 'build');
  const environments = ENVIRONMENTS.map((name) => job(delivery, name));
  const rows = [
    ['', ...ENVIRONMENTS],
    ['job', ...environments.map((each) => each?.conclusion ?? 'none')],
    ['secrets', ...environments.map((each) => counted(each, 'validate-secrets', 'checked-count', 'usable'))],
    ['rollout', ...environments.map(rollout)],
    ['smoke tests', ...environments.map((each) => counted(each, 'smoke-test', 'passed-count', 'passed'))],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return [
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    ),
    labelled('image', build?.outputs['version'] ?? 'not built', widths[0]),
    labelled('digest', build?.outputs['digest'] ?? '-', widths[0]),
    labelled('metrics', metricsLine(telemetry, metrics), widths[0]),
  ];
}

function labelled(label: string, text: string, width = 0): string {
  return `${label.padEnd(width)}   ${text}`;
}

function job(run: WorkflowResult, id: string): JobResult | undefined {
  return run.jobs.find((each) => each.id === id);
}

function step(of: JobResult | undefined, action: string): StepResult | undefined {
  return of?.steps.find(({ uses = '', phase }) => phase === 'main' && uses.startsWith(`org/actions/${action}@`));
}

function counted(of: JobResult | undefined, action: string, count: string, what: string): string {
  const found = step(of, action);
  if (found === undefined || found.conclusion === 'skipped') return 'not reached';
  const { [count]: number = '0', 'failed-count': failed = '0' } = found.outputs;
  const good = action === 'validate-secrets' ? Number(number) - Number(failed) : Number(number);
  const all = action === 'validate-secrets' ? Number(number) : Number(number) + Number(failed);
  return `${good}/${all} ${what}`;
}

function rollout(of: JobResult | undefined): string {
  const found = step(of, 'wait-rollout');
  if (found === undefined || found.conclusion === 'skipped') return 'not reached';
  const { result = 'no result', 'duration-seconds': seconds = '?' } = found.outputs;
  return `${result} after ${seconds}s`;
}

function metricsLine(telemetry: WorkflowResult, metrics: readonly string[]): string {
  const pushed = telemetry.jobs.flatMap((each) => step(each, 'push-telemetry') ?? [])[0];
  const { conclusion = '?', 'duration-seconds': seconds = '?', alert = '?' } = pushed?.outputs ?? {};
  const received = metrics.length === 0 ? 'nothing received' : `${metrics.length} series received`;
  return `${received}; run ${conclusion} in ${seconds}s, alert ${alert}`;
}
