import { type AlertRule, type EndedAttempt, isFailure } from './alert.ts';
import { attemptEnd } from './attempt.ts';
import type { GitHubRuns } from './github-runs.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** A run that was created earlier has ended earlier: a job on GitHub's own runners lasts at most 6 hours. */
const LONGEST_RUN = 6 * 3_600_000;
/** How far back a success looks for the alert that it resolves. */
const LONGEST_ALERT = 7 * 24 * 3_600_000;
/** 1,000 runs, and 10 of the 1,000 requests that a token has each hour. */
const MOST_PAGES = 10;

/**
 * The other attempts of this run's workflow and branch, as far back as they matter. Read from the list without any filter:
 * one with a filter is answered from an index that lags behind or leaves runs out (dawidd6/action-download-artifact#56),
 * and shows of a run that was started again only its last attempt.
 */
export async function readHistory(
  current: EndedAttempt,
  github: GitHubRuns,
  { window }: Pick<AlertRule, 'window'>,
): Promise<EndedAttempt[]> {
  const failed = isFailure(current.run);
  const since = current.endedAt - (failed ? window : LONGEST_ALERT + window);
  const latest = new Map<number, WorkflowRun>([[current.run.id, current.run]]);
  let pages = 0;
  for await (const page of github.pages()) {
    const own = page.filter((run) => sameStream(run, current.run));
    for (const run of own) if (run.attempt >= (latest.get(run.id)?.attempt ?? 0)) latest.set(run.id, run);
    pages += 1;
    const oldest = Math.min(...page.map((run) => run.createdAt));
    const settled = !failed && own.some((run) => run.conclusion === 'success' && run.updatedAt < current.run.startedAt);
    if (settled || oldest < since - LONGEST_RUN || pages === MOST_PAGES) break;
  }

  const attempts: EndedAttempt[] = [];
  for (const last of latest.values()) {
    // An attempt has ended before the next one starts, so what came before that is told without a request.
    let run: WorkflowRun | undefined = last;
    while (run !== undefined) {
      const isCurrent = run.id === current.run.id && run.attempt === current.run.attempt;
      if (!isCurrent && run.conclusion !== 'unknown' && run.updatedAt >= since)
        attempts.push(await ended(run, github, [since, current.endedAt]));
      const before: number = run.attempt - 1;
      run = before === 0 || run.startedAt < since ? undefined : await github.attempt({ id: run.id, attempt: before });
    }
  }
  return attempts.filter(({ endedAt }) => endedAt >= since);
}

/** `updated_at` may move after the end. Where it matters on which side of a boundary the end is, the jobs tell. */
async function ended(run: WorkflowRun, github: GitHubRuns, boundaries: readonly number[]): Promise<EndedAttempt> {
  const unclear = boundaries.some((boundary) => run.startedAt < boundary && boundary <= run.updatedAt);
  const counts = isFailure(run) || run.conclusion === 'success';
  return { run, endedAt: unclear && counts ? attemptEnd(run, await github.jobs(run)) : run.updatedAt };
}

function sameStream(run: WorkflowRun, current: WorkflowRun): boolean {
  return run.workflow.id === current.workflow.id && run.branch === current.branch && run.fork === current.fork;
}
