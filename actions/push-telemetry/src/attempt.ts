import type { WorkflowRun } from './workflow-run.ts';

/** A job as GitHub tells it. Times are milliseconds since 1970; one that did not happen is null. */
export interface Job {
  readonly name: string;
  readonly conclusion: string | null;
  readonly createdAt: number | null;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
}

export interface JobTiming {
  readonly name: string;
  readonly conclusion: string;
  /** From the moment that the job could start to its start; null when it did not start. */
  readonly queueSeconds: number | null;
  readonly durationSeconds: number | null;
  /** The job ran in an earlier attempt, and "Re-run failed jobs" only shows it again. */
  readonly carriedOver: boolean;
}

export interface AttemptTiming {
  readonly durationSeconds: number;
  /** From the attempt's start to the start of the first of its jobs; null when none started. */
  readonly queueSeconds: number | null;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  readonly jobs: readonly JobTiming[];
}

/**
 * How long one attempt took. `created_at` is the first attempt's for ever, and `updated_at` moves after the end, so the
 * attempt lasts from `run_started_at` to the last end of its own jobs. Jobs that started before it did are another
 * attempt's (int128/datadog-actions-metrics#232, tenstorrent/tt-metal#12010).
 */
export function attemptTiming(run: WorkflowRun, jobs: readonly Job[]): AttemptTiming {
  const timings = jobs.map((job) => jobTiming(run, job));
  const own = jobs.filter((_, index) => timings[index]?.carriedOver === false);
  const started = own.filter((job) => job.conclusion !== 'skipped').flatMap((job) => job.startedAt ?? []);
  const endedAt = attemptEnd(run, jobs);
  return {
    durationSeconds: seconds(run.startedAt, endedAt),
    queueSeconds: started.length === 0 ? null : seconds(run.startedAt, Math.min(...started)),
    endedAt,
    jobs: timings,
  };
}

/** Without a job of its own, as after a startup failure, `updated_at` is the best there is. */
export function attemptEnd(run: WorkflowRun, jobs: readonly Job[]): number {
  const ends = jobs.filter((job) => !carriedOver(run, job)).flatMap((job) => job.completedAt ?? []);
  return Math.max(run.startedAt, ends.length === 0 ? run.updatedAt : Math.max(...ends));
}

function jobTiming(run: WorkflowRun, job: Job): JobTiming {
  const { createdAt, startedAt, completedAt } = job;
  const ran = startedAt !== null && job.conclusion !== 'skipped' && !carriedOver(run, job);
  return {
    name: job.name,
    conclusion: job.conclusion ?? 'unknown',
    queueSeconds: ran ? seconds(Math.max(createdAt ?? startedAt, run.startedAt), startedAt) : null,
    durationSeconds: ran && completedAt !== null ? seconds(startedAt, completedAt) : null,
    carriedOver: carriedOver(run, job),
  };
}

function carriedOver(run: WorkflowRun, { startedAt, completedAt }: Job): boolean {
  const since = startedAt ?? completedAt;
  return since !== null && since < run.startedAt;
}

/** GitHub keeps whole seconds, and what it skips may end before it starts. */
function seconds(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) / 1_000));
}
