import type { Finding } from '@delivery-actions/action-kit';
import { type AlertDecision, type AlertRule, decideAlert, type EndedAttempt, isFailure, windowText } from './alert.ts';
import { sendSeries } from './datadog.ts';
import { type Line, NotDelivered } from './delivery.ts';
import { type GitHubRuns, GitHubTrouble } from './github-runs.ts';
import { readHistory } from './history.ts';
import type { Series } from './metrics.ts';
import { type AlertEvent, dedupKey, resolveEvent, sendAlert, triggerEvent } from './pagerduty.ts';

/** Where something is sent; without a key nothing is. */
export interface Backend {
  readonly url: URL;
  readonly key: string | undefined;
}

/** What became of one thing that was to be sent: a part of the verdict, and what the reader should know. */
export interface MetricsOutcome {
  readonly text: string;
  readonly findings: readonly Finding[];
}

export interface AlertOutcome extends MetricsOutcome {
  readonly alert: 'none' | 'triggered' | 'resolved';
  /** What would have been sent, in a dry run. */
  readonly unsent?: AlertEvent;
}

/** Sends the series, stamped now. Trouble of the backend is a finding. */
export async function sendMetrics(
  series: readonly Series[],
  backend: Backend & { name: string },
  line: Line,
): Promise<MetricsOutcome> {
  const { url, key, name } = backend;
  const what = counted(series.length, 'series', 'series');
  if (key === undefined) return { text: `dry run, ${what} not sent`, findings: [] };
  try {
    await sendSeries(series, { url, key, now: line.clock.now() }, line);
    return { text: `${what} sent to ${name}`, findings: [] };
  } catch (error) {
    if (!(error instanceof NotDelivered)) throw error;
    return {
      text: `${what} NOT sent to ${name}`,
      findings: [notSent(`${what} did not reach ${name}: ${error.message}.`, METRICS_HINTS[error.status ?? 0])],
    };
  }
}

export interface AlertQuestion {
  readonly current: EndedAttempt;
  /** The reader knows already that GitHub does not answer. */
  readonly troubleTold: boolean;
  readonly failedJobs: readonly string[];
  readonly rule: AlertRule;
  readonly github: GitHubRuns;
  readonly backend: Backend;
  /** Nothing is sent anywhere, so what would be is answered. */
  readonly dryRun: boolean;
}

/** Triggers or resolves the alert of the run's workflow and branch. Trouble, of GitHub too, is a finding. */
export async function answerAlert(question: AlertQuestion, line: Line): Promise<AlertOutcome> {
  const { current, rule, github, backend, dryRun } = question;
  const concluded = isFailure(current.run) || current.run.conclusion === 'success';
  if ((backend.key === undefined && !dryRun) || !concluded || current.run.fork) return NO_ALERT;

  const decision = await decided(current, github, rule);
  if (decision instanceof GitHubTrouble)
    return {
      alert: 'none',
      text: 'alert not considered',
      findings: question.troubleTold
        ? []
        : [notSent(`No alert was considered, because ${decision.message}.`, decision.hint)],
    };
  if (decision.action === 'none')
    return { ...NO_ALERT, text: decision.why === '' ? 'no alert' : `no alert (${decision.why})` };
  const event =
    decision.action === 'trigger' ? triggerEvent(decision.failures, current, question) : resolveEvent(current.run);
  const matters = decision.action === 'trigger' || decision.open;
  if (dryRun || backend.key === undefined)
    return matters ? { ...NO_ALERT, text: `would ${decision.action} an alert`, unsent: event } : NO_ALERT;
  try {
    await sendAlert(event, { url: backend.url, key: backend.key }, line);
  } catch (error) {
    if (!(error instanceof NotDelivered)) throw error;
    const message = `PagerDuty was not told to ${decision.action} the alert "${dedupKey(current.run)}": ${error.message}.`;
    return {
      alert: 'none',
      text: `alert NOT ${decision.action === 'trigger' ? 'triggered' : 'resolved'}`,
      findings: [notSent(message, ALERT_HINTS[error.status ?? 0])],
    };
  }
  if (decision.action === 'resolve')
    return decision.open ? { alert: 'resolved', text: 'alert resolved', findings: [] } : NO_ALERT;
  const text = `alert triggered (${decision.failures.length} failures within ${windowText(rule)})`;
  return { alert: 'triggered', text, findings: [] };
}

async function decided(
  current: EndedAttempt,
  github: GitHubRuns,
  rule: AlertRule,
): Promise<AlertDecision | GitHubTrouble> {
  try {
    return decideAlert(current, await readHistory(current, github, rule), rule);
  } catch (error) {
    if (!(error instanceof GitHubTrouble)) throw error;
    // Resolving an alert that is not there is harmless; not resolving one that is, is not.
    return current.run.conclusion === 'success' ? { action: 'resolve', open: false } : error;
  }
}

const NO_ALERT: AlertOutcome = { alert: 'none', text: 'no alert', findings: [] };

const METRICS_HINTS: Readonly<Record<number, string>> = {
  401: 'check datadog-api-key and datadog-site: a key is good for one site only',
  403: 'check datadog-api-key and datadog-site: a key is good for one site only',
  404: 'check datadog-url: it is the address before /api/v2/series',
};

const ALERT_HINTS: Readonly<Record<number, string>> = {
  400: 'check pagerduty-routing-key: it is the 32 characters of an "Events API v2" integration',
  404: 'check pagerduty-url: it is the address before /v2/enqueue',
};

/** Telemetry fails open: whatever happened to it, the pipeline that it tells of is not to blame. */
function notSent(message: string, hint: string | undefined): Finding {
  return { level: 'warning', title: 'Not delivered', message, ...(hint === undefined ? {} : { hint }) };
}

export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
