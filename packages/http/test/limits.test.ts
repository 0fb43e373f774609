import { getEventListeners } from 'node:events';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { httpClient } from '../src/index.ts';
import { failing, httpServer, rawServer } from './loopback.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'all_proxy', 'HTTP_PROXY', 'ALL_PROXY']) vi.stubEnv(name, '');
});

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

describe('M09 the timeout covers', () => {
  const silence = (host: string) => ({ kind: 'timeout', message: `${host} did not answer in time`, sent: true });

  it('M09 a server that never answers', async () => {
    await using server = await rawServer(() => {});
    expect(await failing(httpClient().request({ url: server.url, timeout: 100 }))).toEqual(
      silence(`127.0.0.1:${server.port}`),
    );
  });

  it('M09 headers that trickle without an end', async () => {
    await using server = await rawServer((socket) => {
      socket.write(HEAD);
      const drip = setInterval(() => socket.write('x-a: b\r\n'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await failing(httpClient().request({ url: server.url, timeout: 100 }))).toEqual(
      silence(`127.0.0.1:${server.port}`),
    );
  });

  it('M09 a body that trickles without an end, compressed or not', async () => {
    await using server = await rawServer((socket) => {
      socket.once('data', (request) => {
        socket.write(HEAD);
        if (request.toString().includes('/gzip')) socket.write('content-encoding: gzip\r\n');
        socket.write('\r\n');
        socket.write(gzipSync('a').subarray(0, 10));
        const drip = setInterval(() => socket.write(Buffer.from([0, 0, 0, 255, 255])), 10);
        socket.on('close', () => clearInterval(drip));
      });
    });
    for (const path of ['/plain', '/gzip'])
      expect(await failing(httpClient().request({ url: server.url + path, timeout: 150 }))).toEqual(
        silence(`127.0.0.1:${server.port}`),
      );
  });

  it('M09 all tries and redirects together', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url === '/slow') return;
      response.writeHead(302, { location: '/slow' }).end();
    });
    const failure = await failing(httpClient().request({ url: server.url, timeout: 100, redirects: 3, retries: 5 }));
    expect(failure.kind).toBe('timeout');
  });
});

describe('M09 maxBytes', () => {
  it('M09 ends a body without an end at once', async () => {
    await using server = await httpServer((_, response) => {
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour).on('error', () => {});
      pour();
    });
    expect(await failing(httpClient().request({ url: server.url, maxBytes: 100_000 }))).toEqual({
      kind: 'too-large',
      message: `127.0.0.1:${server.port} answered with more than 100000 bytes`,
      sent: true,
    });
  });

  it('M09 counts what a compressed bomb unfolds to, and lets exactly that many bytes pass', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    await using server = await httpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(bomb.length).toBeLessThan(60_000);
    expect((await failing(httpClient().request({ url: server.url, maxBytes: 1_000_000 }))).kind).toBe('too-large');
    expect((await httpClient().request({ url: server.url, maxBytes: 50_000_000 })).body.length).toBe(50_000_000);
  });

  it('more headers than Node takes are a failure with a name', async () => {
    await using server = await rawServer((socket) =>
      socket.once('data', () => socket.end(`${HEAD}x: ${'y'.repeat(20_000)}\r\n\r\n`)),
    );
    expect((await failing(httpClient().request({ url: server.url }))).message).toBe(
      `127.0.0.1:${server.port} answered with more than 16 KiB of headers`,
    );
  });
});

describe('a signal', () => {
  it("ends the request: the request's own and the client's", async () => {
    await using server = await rawServer(() => {});
    const called = { kind: 'aborted', message: `the request to 127.0.0.1:${server.port} was called off`, sent: true };
    const cancel = new AbortController();
    const own = failing(httpClient().request({ url: server.url, signal: cancel.signal }));
    const outer = failing(httpClient({ signal: cancel.signal }).request({ url: server.url }));
    await vi.waitUntil(() => server.open() === 2);
    cancel.abort('SIGINT');
    expect(await own).toEqual(called);
    expect(await outer).toEqual(called);
    await vi.waitUntil(() => server.open() === 0);
  });

  it('that is aborted already sends nothing', async () => {
    await using server = await rawServer(() => {});
    const failure = await failing(httpClient({ signal: AbortSignal.abort('SIGINT') }).request({ url: server.url }));
    expect(failure).toEqual({ ...failure, kind: 'aborted', sent: false });
    expect(server.accepted()).toBe(0);
  });

  it('keeps no listener of an exchange that is over, however it ended', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url === '/lost') request.socket.destroy();
      else response.end('ok');
    });
    const { signal } = new AbortController();
    const client = httpClient({ signal });
    for (let count = 0; count < 20; count += 1) {
      await client.request({ url: server.url, signal });
      await failing(client.request({ url: `${server.url}/lost`, signal }));
      const stream = await client.stream({ url: server.url, signal });
      for await (const _ of stream.body);
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a stream', () => {
  it('gives chunks as they come, past the timeout of its head, until it is closed', async () => {
    let say = (_: string) => {};
    await using server = await httpServer((_, response) => {
      say = (text) => response.write(text);
      say('one');
    });
    const stream = await httpClient().stream({ url: server.url, timeout: 50 });
    const body = stream.body[Symbol.asyncIterator]();
    expect(String((await body.next()).value)).toBe('one');
    await new Promise((resolve) => setTimeout(resolve, 80));
    say('two');
    expect(String((await body.next()).value)).toBe('two');
    stream.close();
    await vi.waitUntil(() => server.open() === 0);
  });

  it('says when its connection is lost', async () => {
    await using server = await httpServer((_, response) => {
      response.write('one');
      setTimeout(() => response.destroy(), 10);
    });
    const stream = await httpClient().stream({ url: server.url });
    const read = async () => {
      for await (const _ of stream.body);
    };
    expect(await failing(read())).toEqual({
      kind: 'reset',
      message: `the connection to 127.0.0.1:${server.port} was lost (ECONNRESET)`,
      sent: true,
    });
  });

  it('that is called off never looks like one that ended', async () => {
    await using server = await rawServer((socket) => socket.once('data', () => socket.write(`${HEAD}\r\none`)));
    const cancel = new AbortController();
    const stream = await httpClient().stream({ url: server.url, signal: cancel.signal });
    const read = async () => {
      for await (const _ of stream.body) cancel.abort('SIGINT');
    };
    expect((await failing(read())).kind).toBe('aborted');
  });

  it('whose head does not come in time is a timeout', async () => {
    await using server = await rawServer(() => {});
    expect((await failing(httpClient().stream({ url: server.url, timeout: 50 }))).kind).toBe('timeout');
  });
});
