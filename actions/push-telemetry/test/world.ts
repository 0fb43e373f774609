import {
  type DatadogStandIn,
  type GitHubApiStandIn,
  type PagerDutyStandIn,
  startDatadog,
  startGitHubApi,
  startPagerDuty,
  type WorkflowRunEvent,
  type WorkflowRunRecord,
} from '@delivery-actions/stand-ins';
import { type Circumstances, type Recorded, runMain } from '@delivery-actions/testkit';
import { main } from '../src/main.ts';
import { at, hastyClock, job, NOON, runRecord } from './events.ts';

export const TOKEN = 'github-token-of-the-test';
export const API_KEY = '0123456789abcdef0123456789abcdef';
export const ROUTING_KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';

/** Everything outside of the action, at noon. */
export interface World {
  readonly github: GitHubApiStandIn;
  readonly datadog: DatadogStandIn;
  readonly pagerDuty: PagerDutyStandIn;
  run(event: Circumstances['event'], inputs?: Readonly<Record<string, string>>): Promise<Recorded>;
  /** Records an attempt of `deliver` on main that ended at that time; a failure, unless `more` has another conclusion. */
  ended(number: number, end: string, more?: Partial<WorkflowRunRecord>): WorkflowRunEvent;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const github = await startGitHubApi({ token: TOKEN });
  const datadog = await startDatadog({ apiKey: API_KEY, now: () => NOON });
  const pagerDuty = await startPagerDuty({ routingKey: ROUTING_KEY });
  return {
    github,
    datadog,
    pagerDuty,
    run: (event, inputs = {}) =>
      runMain('push-telemetry', (step) => main(step, hastyClock()), {
        ...(event === undefined ? {} : { event }),
        env: { GITHUB_API_URL: github.url, GITHUB_RUN_ID: '998877665544' },
        inputs: {
          'github-token': TOKEN,
          'datadog-api-key': API_KEY,
          'datadog-url': datadog.url,
          'pagerduty-routing-key': ROUTING_KEY,
          'pagerduty-url': pagerDuty.url,
          ...inputs,
        },
      }),
    ended(number, end, more = {}) {
      const start = `${end.slice(0, 6)}00`;
      const about = {
        id: 21_487_811_800 + number,
        run_number: number,
        conclusion: 'failure',
        run_started_at: at(start),
      };
      return github.recordRun({
        run: runRecord({ ...about, ...more }),
        jobs: [job('test', start, end, { conclusion: 'failure' })],
      });
    },
    async close() {
      await Promise.all([github.close(), datadog.close(), pagerDuty.close()]);
    },
  };
}

/** Annotations as a person reads them. */
export function shown({ annotations }: Recorded): string[] {
  return annotations.map(({ level, message, hint }) => `${level}: ${message}${hint === undefined ? '' : ` | ${hint}`}`);
}

export function withPort(text = ''): string {
  return text.replace(/127\.0\.0\.1:\d+/g, 'LOOPBACK');
}
