import { listen, startDatadog, startGitHubApi, startPagerDuty } from '@delivery-actions/stand-ins';
import { type BundleResult, runBundle } from '@delivery-actions/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const TOKEN = 'github-token-of-the-test';
const API_KEY = '0123456789abcdef0123456789abcdef';
const ROUTING_KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';
const SHA = '3370e228f2209994d57af4427fe64f7be3b6f2a1';

let github: Awaited<ReturnType<typeof startGitHubApi>>;
let datadog: Awaited<ReturnType<typeof startDatadog>>;
let pagerDuty: Awaited<ReturnType<typeof startPagerDuty>>;

beforeEach(async () => {
  github = await startGitHubApi({ token: TOKEN });
  datadog = await startDatadog({ apiKey: API_KEY });
  pagerDuty = await startPagerDuty({ routingKey: ROUTING_KEY });
});
afterEach(() => Promise.all([github.close(), datadog.close(), pagerDuty.close()]));

/** Records a run of `deliver` with one job; times are of one hour, long ago. */
function record(number: number, { conclusion = 'success', attempt = 1, created = '10:11:25' } = {}) {
  const time = (text: string) => `2026-01-15T${text}Z`;
  const job = {
    conclusion,
    created_at: time('10:11:26'),
    started_at: time('10:11:28'),
    completed_at: time('10:12:10'),
  };
  return github.recordRun({
    run: {
      id: 21_487_811_000 + number,
      name: 'deliver',
      run_number: number,
      run_attempt: attempt,
      conclusion,
      head_branch: 'main',
      head_sha: SHA,
      created_at: time(created),
      run_started_at: time('10:11:25'),
    },
    jobs: [{ name: 'build', ...job }],
  });
}

function push(
  payload: unknown,
  inputs: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<BundleResult> {
  return runBundle('push-telemetry', {
    event: { name: 'workflow_run', payload },
    env: { GITHUB_API_URL: github.url, ...env },
    inputs: {
      'github-token': TOKEN,
      'datadog-api-key': API_KEY,
      'datadog-url': datadog.url,
      'pagerduty-routing-key': ROUTING_KEY,
      'pagerduty-url': pagerDuty.url,
      ...inputs,
    },
  });
}

const withPort = (text = '') => text.replace(/127\.0\.0\.1:\d+/g, 'LOOPBACK');

describe('push-telemetry', () => {
  it('P01 sends the 45 s of attempt 10, stamped now, and shows no key', async () => {
    const result = await push(record(12, { attempt: 10, created: '09:30:43' }));
    expect(result.exitCode).toBe(0);
    expect(result.lines.map(withPort)).toEqual([
      'Reading the jobs of deliver #12 attempt 10 from GitHub',
      'build  success  2s  42s',
      'deliver #12 attempt 10 success in 45s: 5 series sent to LOOPBACK, no alert',
    ]);
    expect(result.outputs).toEqual({ 'duration-seconds': '45', conclusion: 'success', alert: 'none' });
    expect(datadog.series.find(({ metric }) => metric === 'ci.pipeline.duration_seconds')).toMatchObject({
      points: [{ value: 45 }],
      tags: ['workflow:deliver', 'branch:main', 'service:checkout-service', 'conclusion:success'],
    });
    expect(datadog.dropped).toEqual([]);
    expect(result.masked).toEqual(expect.arrayContaining([TOKEN, API_KEY, ROUTING_KEY]));
    expect(result.log.replace(/^::add-mask::.*$/gm, '')).not.toMatch(new RegExp(`${TOKEN}|${API_KEY}|${ROUTING_KEY}`));
  });

  it('P05 P15 triggers at the third failure and resolves with the next success', async () => {
    record(10, { conclusion: 'failure' });
    record(11, { conclusion: 'timed_out' });
    expect((await push(record(12, { conclusion: 'failure' }))).outputs['alert']).toBe('triggered');
    expect([...pagerDuty.openAlerts.keys()]).toEqual(['acme/checkout-service:.github/workflows/deliver.yml:main']);
    expect((await push(record(13))).outputs['alert']).toBe('resolved');
    expect(pagerDuty.openAlerts.size).toBe(0);
  });

  it('P07 a backend that is down is a warning, in the log, as an annotation and in the summary', async () => {
    datadog.down = true;
    const result = await push(record(12));
    expect(result.exitCode).toBe(0);
    const message = '5 series did not reach LOOPBACK: LOOPBACK answered 503: Service Unavailable.';
    expect(result.annotations.map((annotation) => ({ ...annotation, message: withPort(annotation.message) }))).toEqual([
      { level: 'warning', title: 'Not delivered', message },
    ]);
    expect(withPort(result.summary)).toContain(message);
    expect(withPort(result.lines.at(-1))).toBe('deliver #12 success in 45s: 5 series NOT sent to LOOPBACK, no alert');
  });

  it('P07 a backend that hangs is a warning within the timeout', async () => {
    await using silence = await listen(() => {});
    const result = await push(record(12), { 'datadog-url': silence.url, timeout: '5s' });
    expect(result.exitCode).toBe(0);
    expect(withPort(result.annotations[0]?.message)).toBe(
      '5 series did not reach LOOPBACK: LOOPBACK did not answer in time.',
    );
  });

  it('is a dry run without keys, and asks nobody but GitHub', async () => {
    const result = await push(record(12), { 'datadog-api-key': '', 'pagerduty-routing-key': '' });
    expect(result.exitCode).toBe(0);
    expect(result.lines).toContain(
      'would send ci.pipeline.duration_seconds gauge 45 workflow:deliver,branch:main,service:checkout-service,conclusion:success',
    );
    expect(result.lines.at(-1)).toBe('deliver #12 success in 45s: dry run, 5 series not sent, no alert');
    expect(datadog.requests + pagerDuty.requests).toBe(0);
  });

  it('shows every request to who debugs, without a key', async () => {
    const result = await push(record(12), {}, { RUNNER_DEBUG: '1' });
    const debug = result.log.split('\n').filter((line) => line.startsWith('::debug::'));
    expect(debug.join('\n')).toMatch(/GET .*\/attempts\/1\/jobs 200 \d+ms try 1/);
    expect(debug.join('\n')).toMatch(/POST .*\/api\/v2\/series 202 \d+ms try 1/);
    expect(debug.join('\n')).not.toMatch(new RegExp(`${TOKEN}|${API_KEY}|${ROUTING_KEY}`));
  });

  it('tells what is wrong with its inputs, all at once', async () => {
    const result = await push(record(12), { 'alert-threshold': 'three', 'github-tokn': 'x', timeout: '60' });
    expect(result.exitCode).toBe(1);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      'Input "alert-threshold" is "three": expected a whole number from 1 to 100.',
      'Input "timeout": "60" is not a duration such as 90s, 10m or 1h30m\nNext: write the unit: 60s or 60m',
      'There is no input "github-tokn".\nNext: did you mean "github-token"?',
    ]);
    expect(result.outputs).toEqual({});
  });

  it('needs the event of a finished run', async () => {
    const result = await runBundle('push-telemetry', { event: { name: 'push' }, inputs: { 'github-token': TOKEN } });
    expect(result.exitCode).toBe(1);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      'This job was started by "push": push-telemetry reports on a finished run, and only workflow_run names one.\n' +
        'Next: start the workflow with\non:\n  workflow_run:\n    workflows: [deliver]\n    types: [completed]',
    ]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with one clear line on %s', async (signal) => {
    await using silence = await listen(() => {});
    const result = await runBundle('push-telemetry', {
      event: { name: 'workflow_run', payload: record(12) },
      env: { GITHUB_API_URL: silence.url },
      inputs: { 'github-token': TOKEN },
      cancel: { when: 'Reading the jobs', signal },
    });
    expect(result.exitCode).toBe(1);
    expect(result.lines).toEqual([
      'Reading the jobs of deliver #12 from GitHub',
      `Cancelled (${signal}): connections closed, nothing half-written.`,
    ]);
    expect(result.annotations).toEqual([]);
    expect(result.outputs).toEqual({});
  });
});
