import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpClient } from '@delivery-actions/http';
import { listen, sendJson, startDatadog, startGitHubApi, startPagerDuty } from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import type { NotHere } from './installed.ts';

export const name = "push-telemetry's series are stored by VictoriaMetrics; its alert has the shape of Alertmanager's";

const ROUTING_KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';
const http = httpClient();

export async function run(): Promise<'passed' | NotHere> {
  const victoria = debianProgram('victoria-metrics');
  const alertmanager = debianProgram('prometheus-alertmanager');
  const place = mkdtempSync(join(tmpdir(), 'metrics-'));
  try {
    if (typeof victoria === 'string') await judgeSeries(victoria, join(place, 'victoria'));
    else console.log(`  the series are not judged: ${victoria.skipped}`);
    if (typeof alertmanager === 'string') await judgeAlert(alertmanager, place);
    else console.log(`  the alert is not judged: ${alertmanager.skipped}`);
    if (typeof victoria === 'string' || typeof alertmanager === 'string') return 'passed';
    return { skipped: `${victoria.skipped}; ${alertmanager.skipped}` };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** What the shipped bundle sends is read back from a real time series database, point by point. */
async function judgeSeries(program: string, data: string): Promise<void> {
  const port = await freePort();
  const args = [`-storageDataPath=${data}`, `-httpListenAddr=127.0.0.1:${port}`, '-retentionPeriod=100y'];
  // By default the last 30 s are hidden from queries.
  await using server = await started(
    program,
    [...args, '-search.latencyOffset=0s', '-search.disableCache'],
    port,
    '/health',
  );
  await using relay = await relayToV1(server.url);
  await using github = await startGitHubApi();
  const result = await push(github, record(github, { number: 12, conclusion: 'success' }), {
    'datadog-url': relay.url,
  });
  assert.equal(result.exitCode, 0, result.log);
  assert.deepEqual(result.annotations, []);
  const labels = { workflow: 'deliver', branch: 'feature/naïve-ü', service: 'checkout-service' };
  const wanted = [
    { name: 'ci.pipeline.duration_seconds', ...labels, conclusion: 'success', value: 45 },
    { name: 'ci.pipeline.job.duration_seconds', ...labels, conclusion: 'success', job: 'build', value: 42 },
    { name: 'ci.pipeline.job.queue_seconds', ...labels, job: 'build', value: 2 },
    { name: 'ci.pipeline.queue_seconds', ...labels, value: 3 },
    { name: 'ci.pipeline.runs_total', ...labels, conclusion: 'success', value: 1 },
  ];
  // Points can be read within a second or so.
  let found: unknown[] = [];
  for (let tries = 0; tries < 50 && found.length < wanted.length; tries += 1) {
    await sleep(200);
    found = await stored(server.url);
  }
  assert.deepEqual(found, wanted);
}

/** VictoriaMetrics 1.79 takes API v1 only: the same series in v1's words. A series without host and tags would get another's. */
function relayToV1(url: string) {
  const types = ['gauge', 'count', 'rate', 'gauge'];
  interface V2 {
    metric: string;
    type: number;
    points: { timestamp: number; value: number }[];
    tags: string[];
    interval?: number;
  }
  return listen(async ({ url: { pathname }, body, response }) => {
    assert.equal(pathname, '/api/v2/series');
    const { series } = JSON.parse(body.toString('utf8')) as { series: V2[] };
    const v1 = series.map(({ metric, type, points, tags, interval }) => ({
      metric,
      tags,
      interval,
      host: '',
      type: types[type],
      points: points.map(({ timestamp, value }) => [timestamp, value]),
    }));
    const answer = await http.request({
      url: `${url}/datadog/api/v1/series`,
      method: 'POST',
      body: JSON.stringify({ series: v1 }),
      headers: { 'content-type': 'application/json' },
    });
    sendJson(response, answer.status, { errors: answer.status === 202 ? [] : [answer.text] });
  });
}

async function stored(url: string): Promise<unknown[]> {
  const { text } = await http.request({
    url: `${url}/api/v1/export?match[]=${encodeURIComponent('{__name__=~"ci.*"}')}`,
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { metric: Record<string, string>; values: number[]; timestamps: number[] })
    .map(({ metric, values, timestamps }) => {
      assert.equal(values.length, 1);
      assert.ok(Math.abs(Date.now() - (timestamps[0] ?? 0)) < 60_000, 'P08: the point is stamped now');
      const { host: _host, __name__: _name, ...labels } = metric;
      return { name: String(metric['__name__']), ...labels, value: values[0] };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Alertmanager triggers and resolves at the same stand-in: what it sends, ours must have too, of the same kinds. */
async function judgeAlert(program: string, place: string): Promise<void> {
  await using pagerDuty = await startPagerDuty({ routingKey: ROUTING_KEY });
  const port = await freePort();
  const config = join(place, 'alertmanager.yml');
  const receiver = `name: pagerduty\n    pagerduty_configs: [{routing_key: ${ROUTING_KEY}, url: '${pagerDuty.url}/v2/enqueue'}]`;
  writeFileSync(
    config,
    `route: {receiver: pagerduty, group_wait: 0s, group_interval: 1s}\nreceivers:\n  - ${receiver}\n`,
  );
  // The empty address keeps it off the network.
  const args = [`--config.file=${config}`, `--storage.path=${join(place, 'alerts')}`, '--cluster.listen-address='];
  {
    await using server = await started(program, [...args, `--web.listen-address=127.0.0.1:${port}`], port, '/-/ready');
    const alert = {
      labels: { alertname: 'deliver failed', severity: 'error' },
      annotations: { summary: 'deliver failed' },
    };
    await theirs(server.url, alert);
    await until(() => pagerDuty.events.length >= 1);
    await theirs(server.url, { ...alert, endsAt: new Date().toISOString() });
    await until(() => pagerDuty.events.some(({ event_action }) => event_action === 'resolve'));
  }
  const theirTrigger = pagerDuty.events.find(({ event_action }) => event_action === 'trigger');
  const theirResolve = pagerDuty.events.find(({ event_action }) => event_action === 'resolve');
  assert.equal(pagerDuty.openAlerts.size, 0, 'the stand-in resolves what Alertmanager resolves');

  await using github = await startGitHubApi();
  await using datadog = await startDatadog();
  const keys = {
    'pagerduty-routing-key': ROUTING_KEY,
    'pagerduty-url': pagerDuty.url,
    'alert-threshold': '1',
    'datadog-url': datadog.url,
  };
  const failed = await push(github, record(github, { number: 13, conclusion: 'failure' }), keys);
  assert.equal(failed.outputs['alert'], 'triggered', failed.log);
  assert.equal(pagerDuty.openAlerts.size, 1);
  const solved = await push(github, record(github, { number: 14, conclusion: 'success' }), keys);
  assert.equal(solved.outputs['alert'], 'resolved', solved.log);
  assert.equal(pagerDuty.openAlerts.size, 0);
  const [ourTrigger, ourResolve] = pagerDuty.events.slice(-2);
  covers(ourTrigger, theirTrigger, 'trigger');
  // Theirs tells the whole alert again; the Events API asks for no more than these of a resolve.
  const { routing_key, event_action, dedup_key } = theirResolve ?? {};
  covers(ourResolve, { routing_key, event_action, dedup_key }, 'resolve');
}

/** Every field of theirs that has a value is in ours, with a value of the same kind; what is in the details is one's own. */
function covers(ours: unknown, theirs: unknown, path: string): void {
  if (theirs === undefined || theirs === null || theirs === '') return;
  assert.equal(typeof ours, typeof theirs, path);
  if (typeof theirs !== 'object' || path.endsWith('custom_details') || Array.isArray(theirs)) return;
  for (const [field, value] of Object.entries(theirs))
    covers((ours as Record<string, unknown>)[field], value, `${path}.${field}`);
}

async function theirs(url: string, alert: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify([alert]);
  const { status } = await http.request({ url: `${url}/api/v2/alerts`, method: 'POST', headers, body });
  assert.equal(status, 200);
}

interface Recorded {
  readonly number: number;
  readonly conclusion: string;
}

/** One job of 42 s after 3 s; `number` is also the minute, so that runs end one after another. */
function record(github: Awaited<ReturnType<typeof startGitHubApi>>, { number, conclusion }: Recorded) {
  const time = (seconds: string) => `2026-01-15T10:${number}:${seconds}Z`;
  const job = { created_at: time('01'), started_at: time('03'), completed_at: time('45') };
  return github.recordRun({
    run: {
      id: 21_487_811_000 + number,
      name: 'deliver',
      run_number: number,
      conclusion,
      head_branch: 'feature/naïve-ü',
      head_sha: 'a'.repeat(40),
      run_started_at: time('00'),
    },
    jobs: [{ name: 'build', conclusion, ...job }],
  });
}

function push(github: { readonly url: string }, payload: unknown, inputs: Record<string, string>) {
  return runBundle('push-telemetry', {
    event: { name: 'workflow_run', payload },
    env: { GITHUB_API_URL: github.url },
    inputs: { 'github-token': 'token', 'datadog-api-key': 'key', ...inputs },
  });
}

/** Installed by Debian's package manager at its first use, where that may be done. */
function debianProgram(program: string): string | NotHere {
  const path = `/usr/bin/${program}`;
  if (existsSync(path)) return path;
  if (process.getuid?.() === 0) {
    for (const args of [
      ['update', '-qq'],
      ['install', '-qq', '-y', '--no-install-recommends', program],
    ])
      spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    if (existsSync(path)) return path;
  }
  return { skipped: `${program} is not here: apt-get install --no-install-recommends ${program}, as root` };
}

/** Starts a server and waits until it is ready; leaving the scope ends it. */
async function started(program: string, args: readonly string[], port: number, ready: string) {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program, args, { stdio: 'ignore' });
  const stop = () => stopped(child);
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
      return (await http.request({ url: `${url}${ready}`, timeout: 1_000 }).catch(() => undefined))?.status === 200;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: stop };
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(patience);
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries += 1) {
    if (await done()) return;
    await sleep(100);
  }
  throw new Error('it did not happen within 15 s');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
