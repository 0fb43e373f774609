import { startDatadog } from '@delivery-actions/stand-ins';
import { type Circumstances, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';
import { eventOf, hastyClock } from './events.ts';

async function problems(inputs: Record<string, string>, event: Circumstances['event'] = eventOf({})) {
  const { exitCode, annotations, outputs } = await runMain('push-telemetry', (step) => main(step, hastyClock()), {
    ...(event === undefined ? {} : { event }),
    inputs: { 'github-token': 'token', ...inputs },
  });
  expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} });
  return annotations.map(({ level, message, hint }) => `${level}: ${message}${hint === undefined ? '' : ` | ${hint}`}`);
}

describe('inputs', () => {
  it('are all told of at once', async () => {
    const bad = {
      'datadog-site': 'mars',
      'datadog-url': 'not an address',
      'alert-threshold': '0',
      'alert-window': '60',
    };
    expect(await problems({ ...bad, timeout: 'soon' })).toEqual([
      'error: Input "datadog-site": "mars" is not a Datadog site such as datadoghq.com, datadoghq.eu or us5.datadoghq.com',
      'error: Input "datadog-url": this is not an address that begins with https:// or http://',
      'error: Input "alert-threshold" is "0": expected a whole number from 1 to 100.',
      'error: Input "alert-window": "60" is not a duration such as 90s, 10m or 1h30m | write the unit: 60s or 60m',
      'error: Input "timeout": "soon" is not a duration such as 90s, 10m or 1h30m',
    ]);
  });

  it.each(['https://app.datadoghq.eu/', 'api.datadoghq.eu', 'https://datadoghq.eu'])(
    'datadog-site %s is the address of something else',
    async (site) => {
      expect(await problems({ 'datadog-site': site })).toEqual([
        `error: Input "datadog-site": "${site}" is not a Datadog site such as datadoghq.com, datadoghq.eu or us5.datadoghq.com | datadog-site: datadoghq.eu`,
      ]);
    },
  );

  it('an empty token, window or timeout is refused', async () => {
    expect(await problems({ 'github-token': '', 'alert-window': '0s', timeout: '0s' })).toEqual([
      'error: Input "github-token" is empty. | leave it out: the default is ${{ github.token }}',
      'error: Input "alert-window" is no time at all. | alert-window: 1h',
      'error: Input "timeout" is no time at all. | timeout: 1m',
    ]);
  });
});

describe('the event', () => {
  const HOW = 'start the workflow with\non:\n  workflow_run:\n    workflows: [deliver]\n    types: [completed]';

  it('must be workflow_run', async () => {
    expect(await problems({}, { name: 'push' })).toEqual([
      `error: This job was started by "push": push-telemetry reports on a finished run, and only workflow_run names one. | ${HOW}`,
    ]);
  });

  it('must be a run that has ended', async () => {
    expect(await problems({}, eventOf({ action: 'requested' }))).toEqual([
      `error: This job was started by workflow_run "requested", before the run had ended. | ${HOW}`,
    ]);
  });

  it('must be what GitHub sends; every fault is told', async () => {
    const [text] = await problems(
      {},
      eventOf({ action: 'completed', workflow_run: { id: 'x', run_started_at: 'noon' } }),
    );
    expect(text).toMatch(/^error: The event's payload is not a workflow_run as GitHub sends it:\nworkflow_run\.id: /);
    expect(text).toContain('workflow_run.run_started_at: expected a time such as 2026-11-21T12:00:00Z');
    expect(text).toContain('workflow_run.head_sha: ');
  });

  it("P10 GitHub's own example of a completed run is taken: no name, no attempt, still queued, no conclusion", async () => {
    await using datadog = await startDatadog();
    const example = {
      ...{ id: 289782451, name: '', status: 'queued', conclusion: null, event: 'repository_dispatch', run_number: 3 },
      ...{ workflow_id: 2823525, head_branch: 'master', head_sha: '3484a3fb816e0859fd6e1cea078d76385ff50625' },
      ...{ created_at: '2020-10-05T16:33:24Z', updated_at: '2020-10-05T16:33:24Z', html_url: 'https://github.com/x' },
      ...{ repository: { full_name: 'octo-org/octo-repo' }, head_repository: { full_name: 'octo-org/octo-repo' } },
    };
    const workflow = { id: 2823525, name: 'test', path: '.github/workflows/test.yml' };
    const result = await runMain('push-telemetry', (step) => main(step, hastyClock()), {
      event: eventOf({ action: 'completed', workflow, workflow_run: example }),
      env: { GITHUB_API_URL: datadog.url },
      inputs: { 'github-token': 'token' },
    });
    expect(result).toMatchObject({ exitCode: 0, outputs: { conclusion: 'unknown', alert: 'none' } });
    expect(result.lines).toContain(
      'would send ci.pipeline.runs_total count 1 workflow:test,branch:master,service:octo-repo,conclusion:unknown',
    );
    expect(result.lines.at(-1)).toMatch(/^test #3 unknown in unknown time: dry run, 1 series not sent/);
  });
});
