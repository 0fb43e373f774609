import type { HttpClient, HttpRequest, HttpResponse } from '@delivery-actions/http';
import { deadline } from '@delivery-actions/waiting';
import { describe, expect, it } from 'vitest';
import { sendSeries } from '../src/datadog.ts';
import type { Series } from '../src/metrics.ts';
import { hastyClock, NOON } from './events.ts';

async function sent(series: readonly Series[], url = 'https://api.datadoghq.eu'): Promise<HttpRequest[]> {
  const requests: HttpRequest[] = [];
  const http: Pick<HttpClient, 'request'> = {
    async request(request) {
      requests.push(request);
      return { status: 202, text: '{"errors":[]}', headers: {} } as HttpResponse;
    },
  };
  const clock = hastyClock();
  const cancelled = new AbortController().signal;
  using limit = deadline(clock, 60_000, cancelled);
  const backend = { url: new URL(url), key: 'key', now: NOON + 999 };
  await sendSeries(series, backend, { http: http as HttpClient, clock, limit, cancelled });
  return requests;
}

const gauge: Series = { metric: 'ci.pipeline.duration_seconds', type: 'gauge', value: 45, tags: ['branch:main'] };

describe('sendSeries', () => {
  it('P08 has the shape of API v2, stamped now in whole seconds', async () => {
    const [request] = await sent([gauge, { ...gauge, type: 'count', value: 1 }]);
    expect(String(request?.url)).toBe('https://api.datadoghq.eu/api/v2/series');
    expect(request?.headers).toMatchObject({ 'dd-api-key': 'key' });
    const common = { metric: gauge.metric, tags: gauge.tags };
    expect(JSON.parse(String(request?.body))).toEqual({
      series: [
        { ...common, type: 3, points: [{ timestamp: NOON / 1_000, value: 45 }], unit: 'second' },
        { ...common, type: 1, points: [{ timestamp: NOON / 1_000, value: 1 }], interval: 10 },
      ],
    });
  });

  it('stays below the limit of one request, however many jobs there are', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => ({ ...gauge, tags: [`job:${'ü'.repeat(150)}${index}`] }));
    const requests = await sent(many);
    expect(requests.length).toBeGreaterThan(2);
    expect(requests.every(({ body = '' }) => Buffer.byteLength(body) <= 512_000)).toBe(true);
    const series = requests.flatMap(({ body }) => (JSON.parse(String(body)) as { series: unknown[] }).series);
    expect(series).toHaveLength(3_000);
  });

  it('keeps the path of a relay', async () => {
    const [request] = await sent([gauge], 'https://relay.example/datadog/');
    expect(String(request?.url)).toBe('https://relay.example/datadog/api/v2/series');
  });

  it('sends nothing when there is nothing', async () => {
    expect(await sent([])).toEqual([]);
  });
});
