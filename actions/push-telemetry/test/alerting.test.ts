import { beforeEach, describe, expect, it } from 'vitest';
import { at, eventOf } from './events.ts';
import { shown, startWorld, type World, withPort } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  return () => world.close();
});

describe('the alert', () => {
  it('P05 the third failure within the hour is alerted, although lists with filters do not know of the others yet', async () => {
    world.github.filtersLagBehind = 3;
    world.ended(10, '11:05:00');
    world.ended(11, '11:30:00');
    const event = eventOf(world.ended(12, '11:50:00'));
    const result = await world.run(event);
    expect(result.outputs).toMatchObject({ conclusion: 'failure', alert: 'triggered' });
    expect(result.lines.at(-1)).toMatch(/: 5 series sent to .*, alert triggered \(3 failures within 1h\)$/);
    expect(world.pagerDuty.openAlerts.size).toBe(1);
    expect(world.pagerDuty.events).toMatchObject([
      {
        event_action: 'trigger',
        dedup_key: 'acme/checkout-service:.github/workflows/deliver.yml:main',
        payload: {
          summary: 'deliver failed 3 times within 1h on main of acme/checkout-service',
          severity: 'error',
          class: 'failure',
          custom_details: { failed_jobs: ['test'], failures: [{ run: '#10' }, { run: '#11' }, { run: '#12' }] },
        },
      },
    ]);
    expect(
      world.github.requests.filter((request) => /[?&](status|branch|event|created|head_sha)=/.test(request)),
    ).toEqual([]);
  });

  it.each([
    ['of another workflow', { workflow_id: 7 }],
    ['on another branch', { head_branch: 'release' }],
    ["on a fork's branch of that name", { head_repository: 'mallory/checkout-service' }],
    ['that was cancelled', { conclusion: 'cancelled' }],
  ])('does not count a run %s', async (_, other) => {
    world.ended(10, '11:05:00', other);
    world.ended(11, '11:30:00');
    const result = await world.run(eventOf(world.ended(12, '11:50:00')));
    expect(result.outputs.alert).toBe('none');
    expect(result.lines.at(-1)).toMatch(/, no alert \(2 of 3 failures\)$/);
    expect(world.pagerDuty.requests).toBe(0);
  });

  it('counts by the end of a run: a failure an hour and a second ago is too old', async () => {
    world.ended(10, '10:49:59');
    world.ended(11, '11:30:00');
    expect((await world.run(eventOf(world.ended(12, '11:50:00')))).outputs.alert).toBe('none');
    world.ended(10, '10:50:00');
    expect((await world.run(eventOf(world.ended(12, '11:50:00')))).outputs.alert).toBe('triggered');
  });

  it.each(['timed_out', 'startup_failure'])(
    'counts %s as a failure, which a list of status=failure would not',
    async (conclusion) => {
      world.ended(10, '11:05:00', { conclusion });
      world.ended(11, '11:30:00', { conclusion });
      expect((await world.run(eventOf(world.ended(12, '11:50:00', { conclusion })))).outputs).toMatchObject({
        conclusion,
        alert: 'triggered',
      });
    },
  );

  it('P06 a failure that a re-run turned green still counts', async () => {
    world.ended(10, '11:05:00');
    world.ended(10, '11:20:00', { run_attempt: 2, conclusion: 'success', created_at: at('11:05:00') });
    world.ended(11, '11:30:00');
    const result = await world.run(eventOf(world.ended(12, '11:50:00')));
    expect(result.outputs.alert).toBe('triggered');
    expect(world.pagerDuty.events[0]?.payload?.custom_details).toMatchObject({ failures: [{ run: '#10' }, {}, {}] });
  });

  it('P06 three failed attempts of one run are three failures', async () => {
    world.ended(12, '11:20:00');
    world.ended(12, '11:30:00', { run_attempt: 2, created_at: at('11:20:00') });
    const event = world.ended(12, '11:50:00', { run_attempt: 3, created_at: at('11:20:00') });
    expect((await world.run(eventOf(event))).outputs.alert).toBe('triggered');
  });

  it('P15 the next success resolves the alert', async () => {
    world.ended(10, '11:05:00');
    world.ended(11, '11:30:00');
    await world.run(eventOf(world.ended(12, '11:50:00')));
    expect(world.pagerDuty.openAlerts.size).toBe(1);
    const result = await world.run(eventOf(world.ended(13, '11:55:00', { conclusion: 'success' })));
    expect(result.outputs.alert).toBe('resolved');
    expect(result.lines.at(-1)).toMatch(/, alert resolved$/);
    expect(world.pagerDuty.openAlerts.size).toBe(0);
    const next = await world.run(eventOf(world.ended(14, '11:58:00', { conclusion: 'success' })));
    expect(next.outputs.alert).toBe('none');
  });

  it('P15 a success whose resolve was lost is made good by the one after it', async () => {
    await world.run(eventOf(world.ended(12, '11:50:00')), { 'alert-threshold': '1' });
    const success = eventOf(world.ended(13, '11:55:00', { conclusion: 'success' }));
    world.pagerDuty.down = true;
    const lost = await world.run(success, { 'alert-threshold': '1' });
    expect(lost).toMatchObject({ exitCode: 0, outputs: { alert: 'none' } });
    expect(shown(lost).map(withPort)).toEqual([
      'warning: PagerDuty was not told to resolve the alert "acme/checkout-service:.github/workflows/deliver.yml:main": LOOPBACK answered 503.',
    ]);
    expect(lost.lines.at(-1)).toMatch(/, alert NOT resolved$/);
    expect(world.pagerDuty.openAlerts.size).toBe(1);
    world.pagerDuty.down = false;
    await world.run(eventOf(world.ended(14, '11:58:00', { conclusion: 'success' })), { 'alert-threshold': '1' });
    expect(world.pagerDuty.openAlerts.size).toBe(0);
  });

  it('P15 a success resolves the alert even while GitHub does not tell what was before it', async () => {
    await world.run(eventOf(world.ended(12, '11:50:00')), { 'alert-threshold': '1' });
    const success = eventOf(world.ended(13, '11:55:00', { conclusion: 'success' }));
    world.github.trouble = 500;
    expect((await world.run(success)).outputs.alert).toBe('none');
    expect(world.pagerDuty.openAlerts.size).toBe(0);
  });

  it('does not alert late for a failure that has been mended since', async () => {
    const event = eventOf(world.ended(12, '11:50:00'));
    world.ended(13, '11:55:00', { conclusion: 'success' });
    const result = await world.run(event, { 'alert-threshold': '1' });
    expect(result.lines.at(-1)).toMatch(/, no alert \(#13 has succeeded since\)$/);
    expect(world.pagerDuty.requests).toBe(0);
  });

  it('never alerts for a fork, whose owner chooses the names of its branches', async () => {
    const event = eventOf(world.ended(12, '11:50:00', { head_repository: 'mallory/checkout-service' }));
    const result = await world.run(event, { 'alert-threshold': '1' });
    expect(result.outputs.alert).toBe('none');
    expect(world.datadog.series[0]?.tags).toContain('branch:fork');
    expect(world.pagerDuty.requests).toBe(0);
  });

  it('is a dry run without the API key, and warns who has a key for alerts', async () => {
    const result = await world.run(eventOf(world.ended(12, '11:50:00')), {
      'datadog-api-key': '',
      'alert-threshold': '1',
    });
    expect(world.datadog.requests + world.pagerDuty.requests).toBe(0);
    expect(result.outputs.alert).toBe('none');
    expect(shown(result)).toEqual([
      'warning: Without datadog-api-key this is a dry run: nothing is sent, and PagerDuty is not told of anything either. | set datadog-api-key; is the secret that it comes from there?',
    ]);
  });

  it('alerts nobody without the key for it', async () => {
    const result = await world.run(eventOf(world.ended(12, '11:50:00')), {
      'pagerduty-routing-key': '',
      'alert-threshold': '1',
    });
    expect(result.lines.at(-1)).toMatch(/5 series sent to .*, no alert$/);
    expect(world.github.requests.some((request) => request.includes('/actions/runs?'))).toBe(false);
  });
});
