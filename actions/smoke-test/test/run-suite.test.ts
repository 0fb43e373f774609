import { type HttpClient, HttpFailure, type HttpRequest, type HttpResponse } from '@delivery-actions/http';
import { manualClock } from '@delivery-actions/testkit';
import { deadline } from '@delivery-actions/waiting';
import { assert, asyncProperty, integer } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSuite } from '../src/run-suite.ts';
import { secretsOf } from '../src/secrets.ts';
import { parseSuite } from '../src/test-file.ts';
import { smokeReport } from '../src/test-report.ts';

const TIMINGS = { dns: 0, tcp: 1, tls: 0, wait: 2, download: 0, total: 3 };

function answer(status: number, more: Partial<HttpResponse> = {}): HttpResponse {
  return {
    status,
    headers: {},
    url: 'https://a.example/',
    body: Buffer.alloc(0),
    text: '',
    json: () => undefined,
    timings: TIMINGS,
    redirects: [],
    ...more,
  };
}

const refused = () => new HttpFailure('refused', 'a.example refused the connection', false);

interface Options {
  readonly reply: (request: HttpRequest, seconds: number) => HttpResponse | HttpFailure;
  readonly timeout?: number;
  readonly warmUp?: number;
  readonly random?: () => number;
}

/** Runs tests against a service that answers by the second of the run; no time passes but the clock's. */
async function run(yaml: string, { reply, timeout = 120_000, warmUp = 30_000, random = () => 1 }: Options) {
  const suite = await parseSuite(yaml, 's.yml', { API_KEY: 'hunter2hunter2' });
  const clock = manualClock({ idle: 'skip' });
  const start = clock.now();
  const sent: string[] = [];
  const said: string[] = [];
  const client: HttpClient = {
    async request(request) {
      const at = (clock.now() - start) / 1_000;
      sent.push(`${at} ${request.method ?? 'GET'}`);
      const outcome = reply(request, at);
      if (outcome instanceof HttpFailure) throw outcome;
      return outcome;
    },
    stream: () => Promise.reject(new Error('no stream here')),
  };
  using end = deadline(clock, timeout);
  using patience = deadline(clock, warmUp, end.signal);
  const secrets = secretsOf({ mask: () => {}, redact: (text) => text });
  const results = await runSuite(suite, {
    baseUrl: 'https://a.example',
    client,
    clock,
    end,
    warmUp: patience,
    random,
    secrets,
    say: (line) => said.push(line),
  });
  const circumstances = { elapsed: end.elapsed(), timeout, timedOut: end.passed, now: clock.now(), host: 'a.example' };
  return { results, sent, said, elapsed: end.elapsed(), report: smokeReport(results, circumstances) };
}

describe('M08 the warm-up', () => {
  it('M08 asks ever more seldom, until the service is there', async () => {
    const { results, sent, said } = await run('tests: [{ path: / }]', {
      reply: (_, at) => (at < 6 ? refused() : answer(200)),
    });
    expect(sent.map((line) => Number(line.split(' ')[0]))).toEqual([0, 0.25, 0.75, 1.75, 3.75, 7.75]);
    expect(results[0]).toMatchObject({ outcome: 'passed', tries: 6 });
    expect(said).toEqual([
      'Not answering yet: a.example refused the connection. Trying for 30s more.',
      'Answering after 7.8s.',
    ]);
  });

  it('M08 ends with its time, and the message says how often it was tried', async () => {
    const { results, report, elapsed } = await run('tests: [{ path: / }]', { reply: () => answer(503) });
    expect(elapsed).toBe(30_000);
    expect(results[0]).toMatchObject({ outcome: 'failed', statusCode: 503, tries: 11 });
    expect(report.findings[0]?.message).toBe('GET /: expected status 2xx, got 503\nThis was try 11 of the warm-up.');
  });

  it('M08 is one for all tests, not one for each', async () => {
    const { elapsed, sent } = await run('tests: [{ path: /a }, { path: /b }, { path: /c }]', { reply: refused });
    expect(elapsed).toBeLessThanOrEqual(30_000);
    // Ten by the first test, and a few in the last seconds by the others, whose pauses start small again.
    expect(sent.length).toBeLessThanOrEqual(16);
  });

  it('M08 waits as long as Retry-After asks, but not beyond its end', async () => {
    const busy = (seconds: string) => answer(503, { headers: { 'retry-after': seconds } });
    const patient = await run('tests: [{ path: / }]', { reply: (_, at) => (at < 5 ? busy('7') : answer(200)) });
    expect(patient.sent).toEqual(['0 GET', '7 GET']);
    const hasty = await run('tests: [{ path: / }]', { reply: () => busy('60') });
    expect(hasty.sent).toEqual(['0 GET']);
  });

  it('M08 of 0s asks once, and never is longer than the timeout of everything', async () => {
    expect((await run('tests: [{ path: / }]', { reply: refused, warmUp: 0 })).sent).toEqual(['0 GET']);
    const { results, elapsed, report } = await run('tests: [{ path: /a }, { path: /b }]', {
      reply: (_, at) => (at < 10 ? refused() : new HttpFailure('timeout', 'a.example did not answer in time', false)),
      timeout: 10_000,
    });
    expect(elapsed).toBeLessThanOrEqual(10_000);
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'skipped']);
    expect(report.findings[0]?.message).toBe(
      'The timeout of 10s passed before the tests were through; 1 of 2 did not run.',
    );
  });

  it('M08 tries a bounded number of times, however the dice fall', async () => {
    await assert(
      asyncProperty(integer({ min: 1, max: 1_000 }), async (thousandths) => {
        const { sent, elapsed } = await run('tests: [{ path: / }]', {
          reply: refused,
          random: () => thousandths / 1_000,
          warmUp: 60_000,
        });
        expect(elapsed).toBeLessThanOrEqual(60_000);
        expect(sent.length).toBeGreaterThan(1);
        expect(sent.length).toBeLessThan(13_000 / thousandths + 60);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['unreachable', 'unknown-host', 'reset'] as const)(
    'M08 takes %s for a service that is not there yet',
    async (kind) => {
      const { results } = await run('tests: [{ path: / }]', {
        reply: (_, at) => (at < 3 ? new HttpFailure(kind, 'a.example ...', true) : answer(200)),
      });
      expect(results[0]?.outcome).toBe('passed');
    },
  );

  it.each(['tls', 'too-large', 'proxy', 'bad-encoding'] as const)(
    'M08 does not wait where waiting does not help: %s',
    async (kind) => {
      const { sent } = await run('tests: [{ path: / }]', { reply: () => new HttpFailure(kind, 'a.example ...', true) });
      expect(sent).toEqual(['0 GET']);
    },
  );
});

describe('M05 a POST', () => {
  const POST = 'tests: [{ method: POST, path: /checkout, body: {} }]';

  it('M05 whose connection is lost is not sent again', async () => {
    const { sent, results } = await run(POST, {
      reply: ({ method = 'GET' }) => (method === 'GET' ? answer(405) : new HttpFailure('reset', 'lost', true)),
    });
    expect(sent).toEqual(['0 GET', '0 POST']);
    expect(results[0]?.outcome).toBe('failed');
  });

  it('M05 is sent again only while nobody took the connection', async () => {
    let posts = 0;
    const { sent } = await run(POST, {
      reply: ({ method = 'GET' }) => {
        if (method === 'GET') return answer(405);
        posts += 1;
        return posts < 3 ? refused() : answer(200);
      },
    });
    expect(sent.map((line) => line.split(' ')[1])).toEqual(['GET', 'POST', 'POST', 'POST']);
  });

  it('M05 carries its headers and body, which the probe does not', async () => {
    const seen: HttpRequest[] = [];
    await run('tests: [{ method: POST, path: /checkout, headers: { x-key: "${API_KEY}" }, body: { a: 1 } }]', {
      reply: (request) => {
        seen.push(request);
        return answer(200);
      },
    });
    expect(seen[0]).toMatchObject({ url: 'https://a.example/checkout' });
    expect(seen[0]).not.toHaveProperty('headers');
    expect(seen[0]).not.toHaveProperty('body');
    expect(seen[1]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-key': 'hunter2hunter2' },
      credentialHeaders: ['x-key'],
      body: '{"a":1}',
      redirects: 0,
    });
  });
});

describe('M12 a certificate', () => {
  const inHours = (hours: number) => new Date(Date.UTC(2026, 0, 15, 12) + hours * 3_600_000);

  it('M12 that ends tomorrow is a warning, and the tests pass all the same', async () => {
    const { report } = await run('tests: [{ path: /a }, { path: /b }]', {
      reply: () => answer(200, { certificateEnds: inHours(24.5) }),
    });
    expect(report.verdict.passed).toBe(true);
    expect(report.findings).toEqual([
      {
        level: 'warning',
        title: 'Certificate ends soon',
        message: 'The certificate of a.example ends in 24 hours, at 2026-01-16T12:30:00.000Z.',
        hint: 'renew it now, and find out why it was not renewed by itself',
      },
    ]);
  });

  it('M12 that ends in four days is no news', async () => {
    const { report } = await run('tests: [{ path: / }]', {
      reply: () => answer(200, { certificateEnds: inHours(96) }),
    });
    expect(report.findings).toEqual([]);
  });
});

it('M04 a report without a test is not passed', () => {
  const report = smokeReport([], { elapsed: 5, timeout: 1, timedOut: false, now: 0, host: 'a.example' });
  expect(report.verdict).toEqual({ passed: false, text: '0/0 smoke tests passed in 5ms' });
});

it.each([
  [99, '99ms'],
  [600, '0.6s'],
  [999, '1.0s'],
  [4_321, '4.3s'],
  [61_000, '1m01s'],
])('the verdict says %i ms as %s', (elapsed, text) => {
  const report = smokeReport([], { elapsed, timeout: 1, timedOut: false, now: 0, host: 'a.example' });
  expect(report.verdict.text).toBe(`0/0 smoke tests passed in ${text}`);
});
