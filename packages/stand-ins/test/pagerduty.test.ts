import { httpClient } from '@delivery-actions/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PagerDutyStandIn, startPagerDuty } from '../src/index.ts';

const KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';
const http = httpClient();

let pagerDuty: PagerDutyStandIn;
beforeEach(async () => {
  pagerDuty = await startPagerDuty({ routingKey: KEY });
});
afterEach(() => pagerDuty.close());

function trigger(more: object = {}) {
  const payload = { summary: 'it fails', source: 'acme/app', severity: 'error' };
  return { routing_key: KEY, event_action: 'trigger', dedup_key: 'one', payload, ...more };
}

async function post(event: unknown) {
  const response = await http.request({
    ...{ url: `${pagerDuty.url}/v2/enqueue`, method: 'POST', body: JSON.stringify(event) },
    headers: { 'content-type': 'application/json' },
  });
  return { status: response.status, body: response.json() as { dedup_key?: string; errors?: string[] } };
}

describe('the PagerDuty stand-in', () => {
  it('opens an alert, adds to it, and resolves it by its key', async () => {
    expect(await post(trigger())).toEqual({
      ...{ status: 202, body: { status: 'success', message: 'Event processed', dedup_key: 'one' } },
    });
    await post(trigger());
    await post({ routing_key: KEY, event_action: 'acknowledge', dedup_key: 'one' });
    expect([...pagerDuty.openAlerts]).toEqual([
      ['one', { summary: 'it fails', severity: 'error', acknowledged: true, triggers: 2 }],
    ]);
    await post({ routing_key: KEY, event_action: 'resolve', dedup_key: 'one' });
    expect(pagerDuty.openAlerts.size).toBe(0);
    expect(pagerDuty.events.map(({ event_action }) => event_action)).toEqual([
      'trigger',
      'trigger',
      'acknowledge',
      'resolve',
    ]);
  });

  it('makes a key where none was given, and drops a resolve without an alert', async () => {
    const { body } = await post(trigger({ dedup_key: undefined }));
    expect(pagerDuty.openAlerts.has(body.dedup_key ?? '')).toBe(true);
    expect((await post({ routing_key: KEY, event_action: 'resolve', dedup_key: 'unknown' })).status).toBe(202);
  });

  it('accepts an event for a key that nobody has, and alerts nobody', async () => {
    expect((await post(trigger({ routing_key: 'x'.repeat(32) }))).status).toBe(202);
    expect(pagerDuty.openAlerts.size).toBe(0);
  });

  it.each([
    [{ routing_key: 'short' }, "Length of 'routing_key' is incorrect (should be 32 characters)"],
    [{ event_action: 'open' }, "'event_action' is invalid (must be one of: trigger, acknowledge, resolve)"],
    [{ dedup_key: 'x'.repeat(256) }, "Length of 'dedup_key' is incorrect (should be at most 255 characters)"],
    [{ event_action: 'resolve', dedup_key: undefined }, "'dedup_key' is missing or blank"],
    [{ payload: undefined }, "'payload' is missing or blank"],
    [{ payload: { source: 'a', severity: 'error' } }, "'payload.summary' is missing or blank"],
    [
      { payload: { summary: 's', source: 'a', severity: 'high' } },
      "'payload.severity' is invalid (must be one of the following: critical, error, warning, info)",
    ],
    [{ payload: { summary: 's', source: 'a', severity: 'info', timestamp: 'noon' } }, "'payload.timestamp' is invalid"],
    [{ links: [{ text: 'no address' }] }, "'links' is invalid"],
  ])('refuses %j', async (more, fault) => {
    const { status, body } = await post(trigger(more));
    expect({ status, errors: body.errors }).toEqual({ status: 400, errors: [fault] });
    expect(pagerDuty.events).toEqual([]);
  });

  it('throttles and is down when it is told', async () => {
    pagerDuty.answers.push({ status: 429 });
    expect(await post(trigger())).toMatchObject({ status: 429, body: { status: 'throttle exceeded' } });
    pagerDuty.down = true;
    expect((await post(trigger())).status).toBe(503);
  });
});
