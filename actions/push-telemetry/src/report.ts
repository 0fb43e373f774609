import { type Finding, formatDuration, type Report, type RowStatus } from '@delivery-actions/action-kit';
import { isFailure, runName } from './alert.ts';
import type { AttemptTiming, JobTiming } from './attempt.ts';
import type { Inputs } from './inputs.ts';
import type { PipelineSeries } from './metrics.ts';
import type { AlertOutcome, MetricsOutcome } from './outcome.ts';
import { printable } from './printable.ts';
import type { WorkflowRun } from './workflow-run.ts';

export interface Told {
  readonly run: WorkflowRun;
  readonly timing: AttemptTiming | undefined;
  readonly metrics: MetricsOutcome;
  readonly alert: AlertOutcome;
  readonly findings: readonly Finding[];
}

/** The jobs of the attempt, and what was delivered of them. It always passes: telemetry fails open. */
export function telemetryReport({ run, timing, metrics, alert, findings }: Told): Report<JobTiming> {
  const took = timing === undefined ? 'in unknown time' : `in ${time(timing.durationSeconds)}`;
  return {
    heading: 'Telemetry',
    rows: (timing?.jobs ?? []).map((job) => ({ ...job, name: printable(job.name) })),
    columns: [
      { name: 'Job', cell: (job) => job.name },
      {
        name: 'Conclusion',
        cell: (job) => (job.carriedOver ? `${job.conclusion} in an earlier attempt` : job.conclusion),
      },
      { name: 'Queue', cell: (job) => time(job.queueSeconds), align: 'right' },
      { name: 'Duration', cell: (job) => time(job.durationSeconds), align: 'right' },
    ],
    status,
    findings: [...findings, ...metrics.findings, ...alert.findings],
    verdict: {
      passed: true,
      text: `${title(run)} ${run.conclusion} ${took}: ${metrics.text}, ${alert.text}`,
    },
  };
}

/** Who has a key for alerts expects alerts. */
export function silentFindings({ datadog, pagerDuty }: Pick<Inputs, 'datadog' | 'pagerDuty'>): Finding[] {
  if (datadog.key !== undefined || pagerDuty.key === undefined) return [];
  return [
    {
      level: 'warning',
      title: 'Dry run',
      message:
        'Without datadog-api-key this is a dry run: nothing is sent, and PagerDuty is not told of anything either.',
      hint: 'set datadog-api-key; is the secret that it comes from there?',
    },
  ];
}

/** What should be known of the series before they are sent. */
export function refusedFindings({ series, refused }: PipelineSeries): Finding[] {
  const [first] = refused;
  if (first === undefined) return [];
  const more = refused.length === 1 ? '' : ' and others like it';
  return [
    {
      level: 'warning',
      title: 'Refused',
      message: `${refused.length} of ${series.length + refused.length} series are not sent: the tag "${printable(first.tag)}"${more} would be another custom metric with every run.`,
      hint: 'keep the id of the run and the commit out of the names of jobs, workflow and service',
    },
  ];
}

export function title(run: WorkflowRun): string {
  return `${printable(run.workflow.name)} ${runName(run)}`;
}

function status(job: JobTiming): RowStatus {
  if (job.carriedOver || job.conclusion === 'skipped') return 'skipped';
  if (isFailure(job)) return 'failed';
  return job.conclusion === 'success' || job.conclusion === 'neutral' ? 'passed' : 'warning';
}

/** GitHub keeps whole seconds, so a tenth of one would be a pretence. */
function time(seconds: number | null): string {
  if (seconds === null) return '-';
  return seconds < 10 ? `${seconds}s` : formatDuration(seconds * 1_000);
}
