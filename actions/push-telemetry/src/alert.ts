import { formatDuration } from '@delivery-actions/action-kit';
import type { WorkflowRun } from './workflow-run.ts';

/** An attempt that has ended, at that moment (milliseconds since 1970). */
export interface EndedAttempt {
  readonly run: WorkflowRun;
  readonly endedAt: number;
}

export interface AlertRule {
  /** How many failures are an alert. */
  readonly threshold: number;
  /** Milliseconds within which they ended. */
  readonly window: number;
}

export type AlertDecision =
  /** `failures` are within the window, this one among them. */
  | { readonly action: 'trigger'; readonly failures: readonly EndedAttempt[] }
  /** `open`: as far as the history goes, there is an alert to resolve. */
  | { readonly action: 'resolve'; readonly open: boolean }
  /** `failures` is how many there are, of a run that failed; `why` is for the reader. */
  | { readonly action: 'none'; readonly why: string };

/** The pipeline said no. A run that was cancelled or skipped said nothing. */
const FAILURES = new Set(['failure', 'timed_out', 'startup_failure']);

export function isFailure({ conclusion }: Pick<WorkflowRun, 'conclusion'>): boolean {
  return FAILURES.has(conclusion);
}

/**
 * What a run's end means for the alert of its workflow and branch. `history` has the other attempts of both, in any order;
 * each attempt of a run counts for itself, so a re-run that succeeds does not undo the failure before it.
 */
export function decideAlert(current: EndedAttempt, history: readonly EndedAttempt[], rule: AlertRule): AlertDecision {
  const failed = history.filter(({ run }) => isFailure(run));
  const later = (attempt: EndedAttempt) => attempt.endedAt > current.endedAt;
  if (isFailure(current.run)) {
    const failures = [...within(failed, current.endedAt, rule), current].sort((a, b) => a.endedAt - b.endedAt);
    const count = `${failures.length} of ${rule.threshold} failures`;
    if (failures.length < rule.threshold) return { action: 'none', why: count };
    const success = history.find((attempt) => attempt.run.conclusion === 'success' && later(attempt));
    if (success !== undefined) return { action: 'none', why: `${runName(success.run)} has succeeded since` };
    return { action: 'trigger', failures };
  }
  if (current.run.conclusion === 'success') {
    const alarming = failed.filter((attempt) => within(failed, attempt.endedAt, rule).length >= rule.threshold);
    const newer = alarming.find(later);
    if (newer !== undefined) return { action: 'none', why: `${runName(newer.run)} has failed since` };
    const before = history
      .filter(({ run, endedAt }) => run.conclusion === 'success' && endedAt < current.endedAt)
      .map(({ endedAt }) => endedAt);
    return { action: 'resolve', open: alarming.some(({ endedAt }) => endedAt > Math.max(0, ...before)) };
  }
  return { action: 'none', why: '' };
}

/** As people call a run: `#12`, or `#12 attempt 2`. */
export function runName({ number, attempt }: Pick<WorkflowRun, 'number' | 'attempt'>): string {
  return attempt > 1 ? `#${number} attempt ${attempt}` : `#${number}`;
}

/** The rule's window as a person would write it: `1h`, not `1h00m`. */
export function windowText({ window }: Pick<AlertRule, 'window'>): string {
  return formatDuration(window).replace(/(?<=[hm])00[ms]$/, '');
}

function within(attempts: readonly EndedAttempt[], end: number, { window }: AlertRule): EndedAttempt[] {
  return attempts.filter(({ endedAt }) => endedAt <= end && endedAt >= end - window);
}
