import { gzipSync } from 'node:zlib';
import { httpClient } from '@delivery-actions/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatadogStandIn, startDatadog } from '../src/index.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const KEY = 'k'.repeat(32);
const http = httpClient();

let datadog: DatadogStandIn;
beforeEach(async () => {
  datadog = await startDatadog({ apiKey: KEY, now: () => NOW });
});
afterEach(() => datadog.close());

function gauge(more: object = {}) {
  return { metric: 'ci.test', type: 3, points: [{ timestamp: NOW / 1_000, value: 1 }], tags: ['a:b'], ...more };
}

async function post(
  series: unknown,
  headers: Record<string, string> = {},
  body: string | Uint8Array = JSON.stringify({ series }),
) {
  const response = await http.request({
    ...{ url: `${datadog.url}/api/v2/series`, method: 'POST', body },
    headers: { 'content-type': 'application/json', 'dd-api-key': KEY, ...headers },
  });
  return { status: response.status, body: response.json() };
}

describe('the Datadog stand-in', () => {
  it('takes series and shows them', async () => {
    expect(await post([gauge(), gauge({ type: 1, interval: 10 })])).toEqual({ status: 202, body: { errors: [] } });
    expect(datadog.series).toEqual([
      { metric: 'ci.test', type: 'gauge', points: [{ timestamp: NOW / 1_000, value: 1 }], tags: ['a:b'] },
      { metric: 'ci.test', type: 'count', points: [{ timestamp: NOW / 1_000, value: 1 }], tags: ['a:b'], interval: 10 },
    ]);
  });

  it('takes gzip, and refuses an encoding that it does not know', async () => {
    const body = gzipSync(JSON.stringify({ series: [gauge()] }));
    expect((await post([], { 'content-encoding': 'gzip' }, body)).status).toBe(202);
    expect((await post([], { 'content-encoding': 'snappy' }, body)).status).toBe(400);
    expect(datadog.series).toHaveLength(1);
  });

  it('refuses another key', async () => {
    const refused = { status: 403, body: { errors: ['Forbidden'] } };
    expect(await post([gauge()], { 'dd-api-key': 'x'.repeat(32) })).toEqual(refused);
    expect(await post([gauge()], { 'dd-api-key': '' })).toEqual(refused);
  });

  it.each([
    ['no name', { metric: undefined }, 'metric is not a metric name'],
    ["v1's name of a type", { type: 'gauge' }, 'type is not 0, 1, 2 or 3'],
    ["v1's points", { points: [[NOW / 1_000, 1]] }, 'timestamp is not whole seconds since 1970'],
    ['no points', { points: [] }, 'points is empty'],
    ['tags that are no list', { tags: 'a:b' }, 'tags is not a list of texts'],
    ['half an interval', { type: 1, interval: 0.5 }, 'interval is not whole seconds'],
  ])('refuses %s', async (_, more, fault) => {
    const { status, body } = await post([gauge(more)]);
    expect({ status, errors: (body as { errors: string[] }).errors[0] }).toEqual({
      status: 400,
      errors: `series[0]: ${fault}`,
    });
    expect(datadog.series).toEqual([]);
  });

  it('refuses more than 512,000 bytes, or than 5,242,880 once decompressed', async () => {
    const big = JSON.stringify({ series: [gauge({ tags: ['x'.repeat(512_000)] })] });
    expect((await post([], {}, big)).status).toBe(413);
    expect((await post([], { 'content-encoding': 'gzip' }, gzipSync(big))).status).toBe(202);
    const bomb = gzipSync(`{"series":[]${' '.repeat(5_242_880)}}`);
    expect((await post([], { 'content-encoding': 'gzip' }, bomb)).status).toBe(413);
  });

  it('accepts points that are too old or too far ahead, and does not ingest them', async () => {
    const pointAt = (seconds: number) => gauge({ points: [{ timestamp: NOW / 1_000 + seconds, value: 1 }] });
    expect((await post([-3_601, -3_600, 600, 601].map(pointAt))).status).toBe(202);
    expect(datadog.series).toHaveLength(2);
    expect(datadog.dropped).toHaveLength(2);
  });

  it('is down when it is told, for one answer or for good', async () => {
    datadog.answers.push({ status: 429, headers: { 'retry-after': '1' } });
    expect((await post([gauge()])).status).toBe(429);
    expect((await post([gauge()])).status).toBe(202);
    datadog.down = true;
    expect((await post([gauge()])).status).toBe(503);
    expect(datadog.requests).toBe(3);
  });
});
