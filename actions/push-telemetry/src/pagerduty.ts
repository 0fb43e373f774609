import { createHash } from 'node:crypto';
import { type AlertRule, type EndedAttempt, runName, windowText } from './alert.ts';
import { deliver, type Line } from './delivery.ts';
import { printable } from './printable.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** An event of PagerDuty's Events API v2, without the routing key. */
export type AlertEvent = Readonly<Record<string, unknown>> & {
  readonly event_action: 'trigger' | 'resolve';
  readonly dedup_key: string;
};

/** Limits of the Events API v2. */
const LONGEST_KEY = 255;
const LONGEST_SUMMARY = 1_024;
/** The newest failures are enough to see what is going on, and keep the event far from 512 KB. */
const MOST_FAILURES = 20;

/**
 * The same for every alert of a workflow on a branch, so that a success resolves what a failure triggered. Neither a
 * repository's name nor a branch can hold a colon.
 */
export function dedupKey({ repository, workflow, branch }: WorkflowRun): string {
  const key = `${repository}:${workflow.path || workflow.id}:${branch}`;
  if (key.length <= LONGEST_KEY) return key;
  const hash = createHash('sha256').update(key).digest('hex');
  return `${key.slice(0, LONGEST_KEY - hash.length - 1)}#${hash}`;
}

export function triggerEvent(
  failures: readonly EndedAttempt[],
  { run, endedAt }: EndedAttempt,
  { rule, failedJobs }: { readonly rule: AlertRule; readonly failedJobs: readonly string[] },
): AlertEvent {
  const window = windowText(rule);
  const workflow = printable(run.workflow.name);
  const branch = printable(run.branch);
  return {
    event_action: 'trigger',
    dedup_key: dedupKey(run),
    client: `${run.repository} ${workflow} ${runName(run)}`,
    client_url: run.url,
    links: [{ href: run.url, text: `${workflow} ${runName(run)}` }],
    payload: {
      summary: `${workflow} failed ${failures.length} times within ${window} on ${branch} of ${run.repository}`.slice(
        0,
        LONGEST_SUMMARY,
      ),
      source: run.repository,
      severity: 'error',
      timestamp: new Date(endedAt).toISOString(),
      component: workflow,
      group: branch,
      class: run.conclusion,
      custom_details: {
        rule: `${rule.threshold} failures within ${window}`,
        commit: run.commit,
        event: run.event,
        failed_jobs: failedJobs.slice(0, MOST_FAILURES).map(printable),
        failures: failures.slice(-MOST_FAILURES).map((failure) => ({
          run: runName(failure.run),
          conclusion: failure.run.conclusion,
          ended_at: new Date(failure.endedAt).toISOString(),
          commit: failure.run.commit,
          url: failure.run.url,
        })),
      },
    },
  };
}

export function resolveEvent(run: WorkflowRun): AlertEvent {
  return { event_action: 'resolve', dedup_key: dedupKey(run) };
}

/** Tries until the deadline: an alert that is late is worth more than none. Throws NotDelivered. */
export async function sendAlert(
  event: AlertEvent,
  { url, key }: { readonly url: URL; readonly key: string },
  line: Line,
): Promise<void> {
  const target = new URL(`${url.pathname.replace(/\/$/, '')}/v2/enqueue`, url);
  const body = JSON.stringify({ routing_key: key, ...event });
  await deliver({ url: target, headers: {}, body, tries: Number.POSITIVE_INFINITY, firstPause: 1_000 }, line);
}
