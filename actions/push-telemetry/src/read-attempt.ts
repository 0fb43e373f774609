import type { Finding } from '@delivery-actions/action-kit';
import { type AttemptTiming, attemptTiming } from './attempt.ts';
import { type GitHubRuns, GitHubTrouble } from './github-runs.ts';
import { title } from './report.ts';
import type { WorkflowRun } from './workflow-run.ts';

export interface ReadAttempt {
  readonly finished: WorkflowRun;
  /** Undefined when the jobs could not be read: no number is better than a wrong one. */
  readonly timing: AttemptTiming | undefined;
  readonly findings: readonly Finding[];
}

/** What GitHub knows of the attempt. Trouble is a finding; what the event alone tells is sent all the same. */
export async function readAttempt(event: WorkflowRun, github: GitHubRuns): Promise<ReadAttempt> {
  let finished = event;
  try {
    // The event has been seen without a conclusion; by now the API may have one.
    if (event.conclusion === 'unknown')
      finished = { ...event, conclusion: (await github.attempt(event))?.conclusion ?? event.conclusion };
    const timing = attemptTiming(finished, await github.jobs(finished));
    return { finished, timing, findings: finished.conclusion === 'unknown' ? [noConclusion(event)] : [] };
  } catch (error) {
    if (!(error instanceof GitHubTrouble)) throw error;
    const { message, hint } = error;
    const warning: Finding = {
      level: 'warning',
      title: 'No durations',
      message: `Durations are not sent, because ${message}.`,
      ...(hint === undefined ? {} : { hint }),
    };
    return { finished, timing: undefined, findings: [warning] };
  }
}

function noConclusion(run: WorkflowRun): Finding {
  return {
    level: 'warning',
    message: `GitHub names no conclusion for ${title(run)}: it is sent as "unknown", and no alert depends on it.`,
    hint: `look at the run: ${run.url}`,
  };
}
