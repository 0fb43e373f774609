import { once } from 'node:events';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type HttpClient, httpClient } from '../src/index.ts';
import { CERTIFICATE, failing, httpServer, httpsServer, rawServer, tunnelling } from './loopback.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, '');
    vi.stubEnv(name.toUpperCase(), '');
  }
});

const HEAD = 'HTTP/1.1 200 OK\r\n';
const RIGHT = `${HEAD}content-length: 5\r\n\r\nright`;
const WRONG = `${HEAD}content-length: 5\r\n\r\nwrong`;

interface Poison {
  /** What `/poison` is answered with. */
  readonly says: (socket: Socket) => void;
  /** What is asked there, up to its end. */
  readonly asks: (client: HttpClient, url: string) => Promise<unknown>;
}

const read = (client: HttpClient, url: string) => client.request({ url });
/** The body comes when the next question has been asked: nothing seen before tells of it. */
const empty = (status: string) => (socket: Socket) =>
  socket.write(`HTTP/1.1 ${status}\r\ncontent-length: ${WRONG.length}\r\n\r\n`);

const POISONS: Readonly<Record<string, Poison>> = {
  'a redirect whose body is thrown away': {
    says: (socket) => socket.write(`HTTP/1.1 302 Found\r\nlocation: /right\r\ncontent-length: 900\r\n\r\n${WRONG}`),
    asks: (client, url) => client.request({ url, redirects: 1 }),
  },
  'too many redirects': {
    says: (socket) => socket.write(`HTTP/1.1 302 Found\r\nlocation: /poison\r\ncontent-length: 900\r\n\r\n${WRONG}`),
    asks: (client, url) => failing(client.request({ url, redirects: 1 })),
  },
  'a HEAD that is answered with a body': {
    says: empty('200 OK'),
    asks: (client, url) => client.request({ url, method: 'HEAD' }),
  },
  'a 204 with a body': { says: empty('204 No Content'), asks: read },
  'a 304 with a body': { says: empty('304 Not Modified'), asks: read },
  'more than maxBytes': {
    says: (socket) => socket.write(`${HEAD}content-length: 900\r\n\r\n${'x'.repeat(500)}${WRONG}`),
    asks: (client, url) => failing(client.request({ url, maxBytes: 100 })),
  },
  'a whole body that is longer than maxBytes': {
    says: (socket) => socket.write(`${HEAD}content-length: 200000\r\n\r\n${'x'.repeat(200_000)}`),
    asks: (client, url) => failing(client.request({ url, maxBytes: 100 })),
  },
  'an answer that is called off half-way': {
    says: (socket) => socket.write(`${HEAD}content-length: 900\r\n\r\nhalf`),
    asks: (client, url) => failing(client.request({ url, timeout: 50 })),
  },
  'compressed data that ends before its body': {
    says: (socket) => {
      const data = gzipSync('hello');
      const head = `${HEAD}content-encoding: gzip\r\ncontent-length: ${data.length + 900}\r\n\r\n`;
      // The zero ends it; the rest never comes.
      socket.write(Buffer.concat([Buffer.from(head), data, Buffer.alloc(1)]));
    },
    asks: read,
  },
  'compressed data with something behind it': {
    says: (socket) => {
      const data = gzipSync('hello');
      const head = `${HEAD}content-encoding: gzip\r\ncontent-length: ${data.length + 200_000}\r\n\r\n`;
      socket.write(Buffer.concat([Buffer.from(head), data, Buffer.alloc(200_000)]));
    },
    asks: read,
  },
  'compressed data that is broken': {
    says: (socket) => socket.write(`${HEAD}content-encoding: gzip\r\ncontent-length: 900\r\n\r\nplain${WRONG}`),
    asks: (client, url) => failing(client.request({ url })),
  },
  'two answers to one question': {
    says: (socket) => socket.write(`${HEAD}content-length: 2\r\n\r\nok${WRONG}`),
    asks: (client, url) => client.request({ url }).catch(() => {}),
  },
  'another answer that nobody asked for': {
    says: (socket) => {
      socket.write(`${HEAD}content-length: 2\r\n\r\nok`);
      setImmediate(() => socket.write(WRONG));
    },
    async asks(client, url) {
      await client.request({ url });
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  },
  'a stream that is closed half-way': {
    says: (socket) => socket.write(`${HEAD}content-length: 900\r\n\r\nhalf`),
    async asks(client, url) {
      (await client.stream({ url })).close();
    },
  },
  'a stream that is read to its end': {
    says: (socket) => socket.write(`${HEAD}content-length: 2\r\n\r\nok`),
    async asks(client, url) {
      for await (const _ of (await client.stream({ url })).body);
    },
  },
};

describe('the connection is closed, and the next answer is the right one, after', () => {
  it.each(Object.keys(POISONS))('%s', async (name) => {
    const { says, asks } = POISONS[name] as Poison;
    const poisoned = new Set<Socket>();
    await using server = await rawServer((socket) =>
      // What is written is on its way at once, not with the next answer.
      socket.setNoDelay().on('data', (data) => {
        if (!String(data).includes(' /poison ')) return socket.write(poisoned.has(socket) ? WRONG : RIGHT);
        poisoned.add(socket);
        return says(socket);
      }),
    );
    const client = httpClient({ keepConnections: true });
    await read(client, server.url);
    await asks(client, `${server.url}/poison`);
    for (let count = 0; count < 3; count += 1) expect((await read(client, server.url)).text).toBe('right');
    expect(poisoned.size).toBeGreaterThan(0);
    for (const socket of poisoned) if (!socket.destroyed) await once(socket, 'close');
  });
});

/** Every way in which an answer may be framed; the text says what was asked. */
const SHAPES = ['length', 'chunks', 'gzip', 'close', 'end', 'late', 'lost', 'redirect'] as const;
const METHODS = ['GET', 'PUT', 'DELETE', 'POST', 'HEAD', 'stream'] as const;
interface Question {
  readonly shape: (typeof SHAPES)[number];
  readonly method: (typeof METHODS)[number];
  readonly size: number;
  readonly limit: number;
}
const question: fc.Arbitrary<Question> = fc.record({
  shape: fc.constantFrom(...SHAPES),
  method: fc.constantFrom(...METHODS),
  size: fc.nat({ max: 40_000 }),
  limit: fc.constantFrom(100, 1_000_000),
});

it('answers are never mixed up, however they are framed, cut, lost or thrown away', async () => {
  const used = new Map<Socket, number>();
  await using server = await httpServer((request, response) => {
    const [, number = '', shape, size] = (request.url ?? '').split('/');
    const before = used.get(request.socket) ?? 0;
    used.set(request.socket, before + 1);
    const text = `${number}:${'x'.repeat(Number(size))}`;
    const say = () => {
      if (shape === 'gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync(text));
      else if (shape === 'redirect') response.writeHead(302, { location: `/${number}/length/${size}` }).end(text);
      else if (shape === 'length') response.setHeader('content-length', Buffer.byteLength(text)).end(text);
      else {
        if (shape === 'close') response.setHeader('connection', 'close');
        response.write(text.slice(0, 3));
        response.end(text.slice(3), () => {
          if (shape === 'end') request.socket.end();
        });
      }
    };
    if (shape === 'lost' && before > 0) request.socket.destroy();
    else if (shape === 'late') setImmediate(say);
    else say();
  });
  const client = httpClient({ keepConnections: true });

  async function ask({ shape, method, size, limit }: Question, number: number): Promise<void> {
    const url = `${server.url}/${number}/${shape}/${size}`;
    const whole = `${number}:${'x'.repeat(size)}`;
    if (method === 'stream') {
      let text = '';
      for await (const chunk of (await client.stream({ url, headers: { 'accept-encoding': 'identity' } })).body) {
        text += chunk;
        if (limit === 100) break;
      }
      if (shape !== 'gzip') expect(whole.startsWith(text)).toBe(true);
      return;
    }
    const asked = client.request({ url, method, maxBytes: limit, redirects: 1 });
    const answer = await asked.catch((error: { kind: string }) => error);
    if ('kind' in answer) expect([answer.kind, whole.length > limit]).toEqual(['too-large', true]);
    else expect(answer.text).toBe(method === 'HEAD' ? '' : whole);
  }

  await fc.assert(
    fc.asyncProperty(
      fc.array(question, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      (all, workers) => {
        const queue = all.entries();
        const work = async () => {
          for (const [number, each] of queue) await ask(each, number);
        };
        return Promise.all(Array.from({ length: workers }, work)).then(() => {});
      },
    ),
    { numRuns: 60 },
  );
  expect(Math.max(...used.values())).toBeGreaterThan(1);
});

describe('a tunnel', () => {
  it('is kept with its TLS connection, for its proxy and its host alone', async () => {
    await using server = await httpsServer((request, response) => response.end(request.headers.host));
    await using one = await tunnelling();
    await using other = await tunnelling();
    const client = httpClient({ keepConnections: true });
    const ask = (host: string) => client.request({ url: `https://${host}:${server.port}`, tls: { ca: CERTIFICATE } });
    for (let count = 0; count < 3; count += 1)
      for (const proxy of [one, other]) {
        vi.stubEnv('HTTPS_PROXY', proxy.url);
        for (const host of ['localhost', '127.0.0.1']) {
          const { text, timings, certificateEnds } = await ask(host);
          expect(text).toBe(`${host}:${server.port}`);
          expect(certificateEnds?.getUTCFullYear()).toBe(2126);
          expect([timings.tcp > 0, timings.tls > 0]).toEqual([count === 0, count === 0]);
        }
      }
    const names = [`localhost:${server.port}`, `127.0.0.1:${server.port}`];
    expect([one.asked, other.asked]).toEqual([names, names]);
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    await ask('127.0.0.1');
    expect(server.accepted()).toBe(5);
  });

  it('that is gone is made anew, and a refusal of it is still one', async () => {
    await using server = await httpsServer((_, response) => response.end('ok'));
    await using proxy = await tunnelling();
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const client = httpClient({ keepConnections: true });
    const ask = () => client.request({ url: server.url, tls: { ca: CERTIFICATE } });
    await ask();
    proxy.cut();
    expect((await ask()).text).toBe('ok');
    proxy.cut();
    proxy.refuse = true;
    expect(await failing(ask())).toEqual({
      kind: 'proxy',
      message: `the proxy 127.0.0.1:${proxy.port} wants a user name and a password (407)`,
      sent: false,
    });
    expect(proxy.asked.length).toBe(3);
  });

  it('M09 that is called off while it is made leaves nothing behind', async () => {
    await using proxy = await rawServer(() => {});
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const cancel = new AbortController();
    const client = httpClient({ keepConnections: true });
    const called = failing(client.request({ url: 'https://orders.example', signal: cancel.signal }));
    await vi.waitUntil(() => proxy.open() === 1);
    cancel.abort('SIGINT');
    expect(await called).toEqual({ kind: 'aborted', message: expect.stringContaining('called off'), sent: false });
    await vi.waitUntil(() => proxy.open() === 0, { timeout: 500, interval: 5 });
  });
});
