import { runMain } from '@delivery-actions/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';
import { at, eventOf, hastyClock, job, NOON, runRecord } from './events.ts';
import { API_KEY, ROUTING_KEY, shown, startWorld, TOKEN, type World, withPort } from './world.ts';

const threeJobs = [
  job('lint', '11:50:05', '11:50:45', { created_at: at('11:50:01') }),
  job('test', '11:50:10', '11:52:00', { created_at: at('11:50:01') }),
  job('deploy', '11:52:05', '11:53:05', { created_at: at('11:52:01') }),
];

let world: World;
beforeEach(async () => {
  world = await startWorld();
  return () => world.close();
});

const value = (metric: string) => world.datadog.series.find((series) => series.metric === metric)?.points[0]?.value;

describe('push-telemetry', () => {
  it('sends durations and counts of a finished run, and says so', async () => {
    const event = eventOf(world.github.recordRun({ run: runRecord(), jobs: threeJobs }));
    const result = await world.run(event);
    expect({ ...result, lines: result.lines.map(withPort) }).toMatchObject({
      exitCode: 0,
      annotations: [],
      outputs: { 'duration-seconds': '185', conclusion: 'success', alert: 'none' },
      lines: [
        'Reading the jobs of deliver #12 from GitHub',
        'lint    success  4s    40s',
        'test    success  9s  1m50s',
        'deploy  success  4s  1m00s',
        'deliver #12 success in 3m05s: 9 series sent to LOOPBACK, no alert',
      ],
    });
    expect(
      world.datadog.series.map(({ metric, type, points, tags }) => [metric, type, points[0]?.value, tags.join(' ')]),
    ).toEqual([
      [
        'ci.pipeline.duration_seconds',
        'gauge',
        185,
        'workflow:deliver branch:main service:checkout-service conclusion:success',
      ],
      [
        'ci.pipeline.runs_total',
        'count',
        1,
        'workflow:deliver branch:main service:checkout-service conclusion:success',
      ],
      ['ci.pipeline.queue_seconds', 'gauge', 5, 'workflow:deliver branch:main service:checkout-service'],
      [
        'ci.pipeline.job.duration_seconds',
        'gauge',
        40,
        'workflow:deliver branch:main service:checkout-service job:lint conclusion:success',
      ],
      ['ci.pipeline.job.queue_seconds', 'gauge', 4, 'workflow:deliver branch:main service:checkout-service job:lint'],
      [
        'ci.pipeline.job.duration_seconds',
        'gauge',
        110,
        'workflow:deliver branch:main service:checkout-service job:test conclusion:success',
      ],
      ['ci.pipeline.job.queue_seconds', 'gauge', 9, 'workflow:deliver branch:main service:checkout-service job:test'],
      [
        'ci.pipeline.job.duration_seconds',
        'gauge',
        60,
        'workflow:deliver branch:main service:checkout-service job:deploy conclusion:success',
      ],
      ['ci.pipeline.job.queue_seconds', 'gauge', 4, 'workflow:deliver branch:main service:checkout-service job:deploy'],
    ]);
    expect(world.datadog.series.every(({ type, interval }) => (type === 'count') === (interval === 10))).toBe(true);
    expect([...result.masked].sort()).toEqual([TOKEN, API_KEY, ROUTING_KEY].sort());
  });

  it('P01 attempt 10 of a run took 45 s, not the 2487 s since its first attempt', async () => {
    const record = runRecord({
      run_attempt: 10,
      created_at: at('09:30:43'),
      run_started_at: at('10:11:25'),
      updated_at: at('10:12:10'),
    });
    const result = await world.run(
      eventOf(world.github.recordRun({ run: record, jobs: [job('build', '10:11:27', '10:12:10')] })),
    );
    expect(result.outputs['duration-seconds']).toBe('45');
    expect(value('ci.pipeline.duration_seconds')).toBe(45);
    expect(result.lines.at(-1)).toMatch(/^deliver #12 attempt 10 success in 45s: 5 series sent/);
  });

  it("P02 jobs carried over by a re-run of the failed ones do not count, whatever yesterday's times were", async () => {
    const yesterday = (time: string) => `2026-01-14T${time}Z`;
    const jobs = [
      { name: 'lint', conclusion: 'success', started_at: yesterday('09:00:00'), completed_at: yesterday('09:01:00') },
      job('test', '11:50:10', '11:52:00'),
    ];
    const created = yesterday('08:59:00');
    const result = await world.run(
      eventOf(world.github.recordRun({ run: runRecord({ run_attempt: 2, created_at: created }), jobs })),
    );
    expect(result.outputs['duration-seconds']).toBe('120');
    expect(value('ci.pipeline.queue_seconds')).toBe(10);
    expect(world.datadog.series.filter(({ tags }) => tags.includes('job:lint'))).toEqual([]);
    expect(result.lines.slice(1).map(withPort)).toEqual([
      'lint  success in an earlier attempt   -      -',
      'test  success                        0s  1m50s',
      'deliver #12 attempt 2 success in 2m00s: 5 series sent to LOOPBACK, no alert',
    ]);
  });

  it('P03 updated_at moved after the end, and the last completed_at is the end', async () => {
    const record = runRecord({ updated_at: at('11:59:59') });
    const result = await world.run(eventOf(world.github.recordRun({ run: record, jobs: threeJobs })));
    expect(result.outputs['duration-seconds']).toBe('185');
  });

  it('P04 a tag with the id of a run or the commit is refused, and counted', async () => {
    const jobs = [job('deploy-21487811823', '11:50:10', '11:51:00'), job(`scan 3370e22`, '11:50:10', '11:51:00')];
    const result = await world.run(eventOf(world.github.recordRun({ run: runRecord(), jobs })));
    expect(JSON.stringify(world.datadog.series)).not.toMatch(/21487811823|3370e22/);
    expect(world.datadog.series).toHaveLength(3);
    expect(shown(result)).toEqual([
      'warning: 4 of 7 series are not sent: the tag "job:deploy-21487811823" and others like it would be another custom metric with every run. | keep the id of the run and the commit out of the names of jobs, workflow and service',
    ]);
    const own = await world.run(eventOf(world.github.recordRun({ run: runRecord(), jobs: [] })), {
      service: 'run-998877665544',
    });
    expect(shown(own)[0]).toMatch(/^warning: 2 of 2 series are not sent: the tag "service:run-998877665544"/);
  });

  it.each([
    [503, 'Service Unavailable', undefined],
    [403, 'Forbidden', 'check datadog-api-key and datadog-site: a key is good for one site only'],
    [400, 'Bad Request', undefined],
  ])('P07 a metrics backend that answers %i leaves the pipeline green, with a warning', async (status, text, hint) => {
    const event = eventOf(world.github.recordRun({ run: runRecord(), jobs: threeJobs }));
    world.datadog.answers.push(...Array.from({ length: 9 }, () => ({ status })));
    const result = await world.run(event);
    expect(result.exitCode).toBe(0);
    const message = `warning: 9 series did not reach LOOPBACK: LOOPBACK answered ${status}: ${text}.`;
    expect(shown(result).map(withPort)).toEqual([hint === undefined ? message : `${message} | ${hint}`]);
    expect(withPort(result.lines.at(-1) ?? '')).toBe(
      'deliver #12 success in 3m05s: 9 series NOT sent to LOOPBACK, no alert',
    );
    expect(withPort(result.summary)).toContain(`⚠️ 9 series did not reach LOOPBACK: LOOPBACK answered ${status}`);
    expect(result.outputs).toEqual({ 'duration-seconds': '185', conclusion: 'success', alert: 'none' });
    expect(world.datadog.requests).toBe(status === 503 ? 4 : 1);
  });

  it('P07 a metrics backend that is not there leaves the pipeline green, and the alert on its way', async () => {
    const event = eventOf(world.ended(12, '11:50:00'));
    await world.datadog.close();
    const result = await world.run(event, { 'alert-threshold': '1' });
    expect(result.exitCode).toBe(0);
    expect(shown(result).map(withPort)).toEqual([
      'warning: 5 series did not reach LOOPBACK: LOOPBACK refused the connection: nothing listens there (yet).',
    ]);
    expect(result.outputs.alert).toBe('triggered');
  });

  it('P07 a backend that is down for a moment is asked again', async () => {
    world.datadog.answers.push({ status: 503 }, { status: 429, headers: { 'retry-after': '2' } });
    const result = await world.run(eventOf(world.github.recordRun({ run: runRecord(), jobs: threeJobs })));
    expect(result.annotations).toEqual([]);
    expect(world.datadog.requests).toBe(3);
    expect(world.datadog.series).toHaveLength(9);
  });

  it('P08 points are stamped now, and a run that ended hours ago is not dropped', async () => {
    const jobs = [job('build', '07:00:00', '08:00:00')];
    await world.run(eventOf(world.github.recordRun({ run: runRecord({ run_started_at: at('07:00:00') }), jobs })));
    expect(world.datadog.dropped).toEqual([]);
    expect(new Set(world.datadog.series.flatMap(({ points }) => points.map(({ timestamp }) => timestamp)))).toEqual(
      new Set([NOON / 1_000]),
    );
  });

  it('P10 a conclusion that is null in the event is asked for', async () => {
    const { workflow_run: finished, ...event } = world.github.recordRun({
      run: runRecord({ conclusion: 'failure' }),
      jobs: [],
    });
    const result = await world.run(
      eventOf({ ...event, workflow_run: { ...finished, status: 'queued', conclusion: null } }),
    );
    expect(result.outputs.conclusion).toBe('failure');
    expect(result.annotations).toEqual([]);
  });

  it('P10 a conclusion that is null everywhere is "unknown", said, and no failure', async () => {
    const event = eventOf(world.github.recordRun({ run: runRecord({ conclusion: null }), jobs: [] }));
    const result = await world.run(event, { 'alert-threshold': '1' });
    expect(result).toMatchObject({ exitCode: 0, outputs: { conclusion: 'unknown', alert: 'none' } });
    expect(JSON.stringify(world.datadog.series)).not.toContain('null');
    expect(world.datadog.series[0]?.tags).toContain('conclusion:unknown');
    expect(shown(result)).toEqual([
      expect.stringMatching(
        /^warning: GitHub names no conclusion for deliver #12: it is sent as "unknown", and no alert depends on it\. \| look at the run: https:/,
      ),
    ]);
  });

  it('is a dry run without any key, and prints what it would send', async () => {
    const result = await world.run(eventOf(world.ended(12, '11:50:00')), {
      ...{ 'datadog-api-key': '', 'datadog-url': '', 'pagerduty-routing-key': '', 'alert-threshold': '1' },
    });
    expect(world.datadog.requests + world.pagerDuty.requests).toBe(0);
    expect(result).toMatchObject({ exitCode: 0, outputs: { alert: 'none', 'duration-seconds': '0' } });
    expect(result.lines.slice(1, 3)).toEqual([
      'would send ci.pipeline.duration_seconds gauge 0 workflow:deliver,branch:main,service:checkout-service,conclusion:failure',
      'would send ci.pipeline.runs_total count 1 workflow:deliver,branch:main,service:checkout-service,conclusion:failure',
    ]);
    expect(result.lines.find((line) => line.includes('"event_action":"trigger"'))).toMatch(/^would send \{/);
    expect(result.annotations).toEqual([]);
    expect(result.lines.at(-1)).toBe('deliver #12 failure in 0s: dry run, 5 series not sent, would trigger an alert');
  });

  it.each([
    [401, 'it answered 401 (Bad credentials - https://docs.github.com/rest). | check github-token'],
    [
      403,
      'it answered 403 (Resource not accessible by integration - https://docs.github.com/rest). | let the job read them:\npermissions:\n  actions: read',
    ],
    [500, 'it answered 500 (Server Error - https://docs.github.com/rest).'],
  ])('sends no duration when GitHub answers %i, rather than a wrong one', async (status, text) => {
    const event = eventOf(world.ended(12, '11:50:00'));
    world.github.trouble = status;
    const result = await world.run(event);
    expect(result).toMatchObject({
      exitCode: 0,
      outputs: { 'duration-seconds': '', conclusion: 'failure', alert: 'none' },
    });
    expect(world.datadog.series.map(({ metric }) => metric)).toEqual(['ci.pipeline.runs_total']);
    expect(shown(result)).toEqual([
      `warning: Durations are not sent, because the jobs could not be read from GitHub: ${text}`,
    ]);
    expect(withPort(result.lines.at(-1) ?? '')).toBe(
      'deliver #12 failure in unknown time: 1 series sent to LOOPBACK, alert not considered',
    );
  });

  it('reads every page of jobs and of runs', async () => {
    const jobs = Array.from({ length: 230 }, (_, index) => job(`test (${index})`, '11:50:10', '11:51:00'));
    for (let number = 0; number < 130; number += 1)
      world.ended(1_000 + number, '11:40:00', { workflow_id: 7, name: 'other' });
    world.ended(10, '11:05:00');
    const event = world.github.recordRun({ run: runRecord({ conclusion: 'failure' }), jobs });
    const result = await world.run(eventOf(event), { 'alert-threshold': '2' });
    expect(world.datadog.series).toHaveLength(3 + 2 * 230);
    expect(result.outputs.alert).toBe('triggered');
  });

  it('shows hostile names for what they are', async () => {
    const evil = '::error::owned\u001b[2J\n##[group]|<img src=x>\u202e';
    const event = world.github.recordRun({
      run: runRecord({ name: evil, head_branch: 'x,service:other\n@channel' }),
      jobs: [job(evil, '11:50:10', '11:51:00')],
    });
    const result = await world.run(eventOf(event));
    expect(result.lines.filter((line) => line.startsWith('::') || /[\p{Cc}\p{Cf}]|##\[/u.test(line))).toEqual([]);
    expect(result.summary).not.toMatch(/<img|[\p{Cf}]/u);
    expect(world.datadog.series[0]?.tags).toEqual([
      'workflow:::error::owned_2J_group_img_src_x',
      'branch:x_service:other_channel',
      'service:checkout-service',
      'conclusion:success',
    ]);
  });

  it('finds the API of a GitHub Enterprise Server below its path', async () => {
    const event = eventOf(world.github.recordRun({ run: runRecord(), jobs: threeJobs }));
    const result = await runMain('push-telemetry', (step) => main(step, hastyClock()), {
      event,
      env: { GITHUB_API_URL: `${world.github.url}/api/v3` },
      inputs: { 'github-token': TOKEN },
    });
    expect(result.outputs['duration-seconds']).toBe('185');
    expect(world.github.requests[0]).toMatch(/^GET \/api\/v3\/repos\//);
  });
});
