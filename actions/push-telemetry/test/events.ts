import type { JobRecord, WorkflowRunEvent, WorkflowRunRecord } from '@delivery-actions/stand-ins';
import type { Circumstances } from '@delivery-actions/testkit';
import type { Clock } from '@delivery-actions/waiting';
import type { Job } from '../src/attempt.ts';
import type { WorkflowRun } from '../src/workflow-run.ts';

export const NOON = Date.UTC(2026, 0, 15, 12);
export const SHA = '3370e228f2209994d57af4427fe64f7be3b6f2a1';

/** `12:03:05` of the day that every test is about. */
export function at(time: string): string {
  return `2026-01-15T${time}Z`;
}

export function ms(time: string): number {
  return Date.parse(at(time));
}

export function job(name: string, from: string, to: string, more: Partial<JobRecord> = {}): JobRecord {
  return { name, conclusion: 'success', created_at: at(from), started_at: at(from), completed_at: at(to), ...more };
}

/** Run #12 of the workflow `deliver` on main. */
export function runRecord(more: Partial<WorkflowRunRecord> = {}): WorkflowRunRecord {
  return {
    id: 21_487_811_823,
    name: 'deliver',
    workflow_id: 94_297_729,
    run_number: 12,
    conclusion: 'success',
    head_branch: 'main',
    head_sha: SHA,
    run_started_at: at('11:50:00'),
    ...more,
  };
}

export function eventOf(payload: WorkflowRunEvent | Record<string, unknown>): NonNullable<Circumstances['event']> {
  return { name: 'workflow_run', payload, ref: 'refs/heads/main' };
}

/** The same run in the domain's words. */
export function workflowRun(more: Partial<WorkflowRun> = {}): WorkflowRun {
  return {
    id: 21_487_811_823,
    number: 12,
    attempt: 1,
    repository: 'acme/checkout-service',
    workflow: { id: 94_297_729, name: 'deliver', path: '.github/workflows/deliver.yml' },
    event: 'push',
    conclusion: 'success',
    branch: 'main',
    fork: false,
    commit: SHA,
    startedAt: ms('11:50:00'),
    createdAt: ms('11:50:00'),
    updatedAt: ms('11:53:05'),
    url: 'https://github.com/acme/checkout-service/actions/runs/21487811823',
    ...more,
  };
}

export function toldJob(name: string, from: string, to: string, more: Partial<Job> = {}): Job {
  return { name, conclusion: 'success', createdAt: ms(from), startedAt: ms(from), completedAt: ms(to), ...more };
}

/** A clock on which a pause takes no real time: short timers are due at once, and the time that they were for has passed. */
export function hastyClock(start = NOON, longestPause = 20_000): Clock {
  let now = start;
  return {
    now: () => now,
    after(milliseconds, callback) {
      if (milliseconds > longestPause) return () => {};
      const handle = setImmediate(() => {
        now += milliseconds;
        callback();
      });
      return () => clearImmediate(handle);
    },
  };
}
