import { type HttpClient, HttpFailure, type HttpRequest, type HttpResponse } from '@delivery-actions/http';
import { deadline } from '@delivery-actions/waiting';
import { describe, expect, it } from 'vitest';
import { deliver, type Message } from '../src/delivery.ts';
import { hastyClock, NOON } from './events.ts';

const message: Message = {
  ...{ url: new URL('https://backend.example/intake'), headers: { key: 'k' }, body: '{}', tries: 4, firstPause: 500 },
};

/** Posts it to a backend that gives these answers, the last one for ever. */
async function posted(
  answers: readonly (number | HttpFailure | HttpResponse)[],
  tries = message.tries,
  timeout = 60_000,
) {
  const clock = hastyClock();
  const requests: HttpRequest[] = [];
  const http: Pick<HttpClient, 'request'> = {
    async request(request) {
      const answer = answers[Math.min(requests.length, answers.length - 1)];
      requests.push(request);
      if (answer instanceof HttpFailure) throw answer;
      return typeof answer === 'number' ? response(answer) : (answer ?? response(202));
    },
  };
  const cancelled = new AbortController().signal;
  using limit = deadline(clock, timeout, cancelled);
  const line = { http: http as HttpClient, clock, limit, cancelled };
  const problem = await deliver({ ...message, tries }, line).then(
    () => 'delivered',
    (error: Error) => `${error.name}: ${error.message}`,
  );
  return { problem, requests, seconds: (clock.now() - NOON) / 1_000 };
}

function response(status: number, text = '', headers: Record<string, string> = {}): HttpResponse {
  return { status, text, headers } as HttpResponse;
}

const lost = new HttpFailure('reset', 'the connection to backend.example was lost', true);

describe('deliver', () => {
  it("posts JSON with the backend's headers", async () => {
    const { problem, requests } = await posted([202]);
    expect(problem).toBe('delivered');
    expect(requests).toMatchObject([
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', key: 'k' }, timeout: 60_000 },
    ]);
  });

  it.each([408, 429, 500, 502, 503, 504])('sends again after %i', async (status) => {
    expect(await posted([status, 202])).toMatchObject({ problem: 'delivered', requests: { length: 2 } });
  });

  it('sends again after a lost connection, which is harmless', async () => {
    expect(await posted([lost, 202])).toMatchObject({ problem: 'delivered', requests: { length: 2 } });
  });

  it.each([400, 401, 403, 404, 413, 301])('does not send again after %i', async (status) => {
    const { problem, requests } = await posted([status, 202]);
    expect(problem).toBe(`NotDelivered: backend.example answered ${status}`);
    expect(requests).toHaveLength(1);
  });

  it('tells what the backend had to say, within limits', async () => {
    const { problem } = await posted([response(400, JSON.stringify({ errors: ['no metric', 'x'.repeat(1_000)] }))]);
    expect(problem).toMatch(/^NotDelivered: backend\.example answered 400: no metric; x{289}$/);
    expect((await posted([response(400, '<html>')])).problem).toBe('NotDelivered: backend.example answered 400');
  });

  it('gives up after its tries', async () => {
    const { problem, requests, seconds } = await posted([503]);
    expect(problem).toBe('NotDelivered: backend.example answered 503');
    expect(requests).toHaveLength(4);
    expect(seconds).toBeLessThan(4);
  });

  it('goes on until the deadline when tries are not counted, and no longer', async () => {
    const { problem, requests, seconds } = await posted([lost], Number.POSITIVE_INFINITY);
    expect(problem).toBe('NotDelivered: the connection to backend.example was lost');
    expect(requests.length).toBeGreaterThan(4);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(requests.every(({ timeout = 0 }) => timeout > 0 && timeout <= 60_000)).toBe(true);
  });

  it('waits as long as Retry-After asks, unless there is no such time', async () => {
    expect((await posted([response(429, '', { 'retry-after': '7' }), 202])).seconds).toBe(7);
    expect(await posted([response(429, '', { 'retry-after': '120' }), 202])).toMatchObject({
      problem: 'NotDelivered: backend.example answered 429',
      requests: { length: 1 },
    });
  });

  it('P07 says so when the backend does not answer in time', async () => {
    const timeout = new HttpFailure('timeout', 'backend.example did not answer in time', true);
    expect((await posted([timeout], 1)).problem).toBe('NotDelivered: backend.example did not answer in time');
    expect((await posted([202], 1, 0)).problem).toBe('NotDelivered: no time was left to ask backend.example');
  });
});
