import { beforeEach, describe, expect, it, vi } from 'vitest';
import { httpClient } from '../src/index.ts';
import { retryAfter } from '../src/retry.ts';
import { closedPort, failing, httpServer, rawServer } from './loopback.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'all_proxy', 'HTTP_PROXY', 'ALL_PROXY']) vi.stubEnv(name, '');
});

function patient() {
  const pauses: number[] = [];
  const client = httpClient({
    wait: async (milliseconds) => {
      pauses.push(milliseconds);
    },
  });
  return { client, pauses };
}

/** Answers with these statuses in turn, then with 200. */
function statuses(...list: readonly number[]) {
  let count = 0;
  return httpServer((_, response) => response.writeHead(list[count++] ?? 200).end('ok'));
}

describe('a request that changes nothing when repeated', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('%s is tried again after 429, 502, 503, 504', async (method) => {
    await using server = await statuses(429, 502, 503, 504);
    const { client, pauses } = patient();
    expect((await client.request({ url: server.url, method, retries: 4 })).status).toBe(200);
    expect(pauses.length).toBe(4);
  });

  it('is not tried again after an answer that will not change', async () => {
    await using server = await statuses(500, 200);
    const { client, pauses } = patient();
    expect((await client.request({ url: server.url, retries: 4 })).status).toBe(500);
    expect(pauses).toEqual([]);
  });

  it('answers what the last try got', async () => {
    await using server = await statuses(503, 503, 503);
    const { client } = patient();
    expect((await client.request({ url: server.url, retries: 2 })).status).toBe(503);
    expect(server.accepted()).toBe(3);
  });

  it('is tried again when the connection is lost', async () => {
    await using server = await rawServer((socket) => {
      socket.once('data', () => {
        if (server.accepted() < 3) socket.destroy();
        else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
    });
    expect((await patient().client.request({ url: server.url, retries: 2 })).status).toBe(200);
  });

  it('is tried once unless retries are asked for', async () => {
    await using server = await statuses(503);
    expect((await patient().client.request({ url: server.url })).status).toBe(503);
  });
});

describe('M05 a POST', () => {
  it('M05 is not sent again once its bytes were sent', async () => {
    for (const method of ['POST', 'PATCH', 'post']) {
      await using server = await rawServer((socket) => socket.once('data', () => socket.destroy()));
      const { client } = patient();
      const failure = await failing(client.request({ url: server.url, method, body: '{}', retries: 5 }));
      expect(failure).toEqual({ ...failure, kind: 'reset', sent: true });
      expect(server.accepted()).toBe(1);
    }
  });

  it('M05 is not sent again after 503', async () => {
    await using server = await statuses(503);
    expect((await patient().client.request({ url: server.url, method: 'POST', retries: 5 })).status).toBe(503);
    expect(server.accepted()).toBe(1);
  });

  it('M05 is tried again while nobody took the connection', async () => {
    const { client, pauses } = patient();
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect((await failing(client.request({ url, method: 'POST', body: '{}', retries: 3 }))).kind).toBe('refused');
    expect(pauses.length).toBe(3);
  });
});

describe('pauses', () => {
  it('are what Retry-After asks for', async () => {
    await using server = await httpServer((_, response) => {
      response.writeHead(server.accepted() === 1 ? 503 : 200, { 'retry-after': '7' }).end();
    });
    const { client, pauses } = patient();
    await client.request({ url: server.url, retries: 1 });
    expect(pauses).toEqual([7_000]);
  });

  it('that would outlast the timeout are not begun: the answer is the answer', async () => {
    await using server = await httpServer((_, response) => response.writeHead(503, { 'retry-after': '60' }).end());
    const { client, pauses } = patient();
    const answer = await client.request({ url: server.url, retries: 1, timeout: 10_000 });
    expect(answer.status).toBe(503);
    expect(pauses).toEqual([]);
  });

  it('grow, and end with the signal', async () => {
    const cancel = new AbortController();
    const client = httpClient({
      async wait(_, signal) {
        cancel.abort('SIGTERM');
        signal.throwIfAborted();
      },
    });
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect((await failing(client.request({ url, retries: 9, signal: cancel.signal }))).kind).toBe('aborted');
  });

  it('Retry-After is seconds or a date (RFC 9110, section 10.2.3)', () => {
    const now = Date.UTC(2026, 0, 15, 12);
    expect(retryAfter({ 'retry-after': '120' }, now)).toBe(120_000);
    expect(retryAfter({ 'retry-after': 'Thu, 15 Jan 2026 12:00:30 GMT' }, now)).toBe(30_000);
    expect(retryAfter({ 'retry-after': 'Thu, 15 Jan 2026 11:00:00 GMT' }, now)).toBe(0);
    expect(retryAfter({ 'retry-after': 'soon' }, now)).toBeUndefined();
    expect(retryAfter({}, now)).toBeUndefined();
  });
});
