import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { httpClient } from '../src/index.ts';
import { CERTIFICATE, closedPort, failing, httpServer, httpsServer, rawServer } from './loopback.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, '');
    vi.stubEnv(name.toUpperCase(), '');
  }
});

/** A proxy that knows CONNECT and absolute addresses, and notes what it is asked. */
async function proxyServer() {
  const asked: { line: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const note = (line: string, authorization: string | undefined) => asked.push({ line, authorization });
  const server = createServer((request, response) => {
    note(`${request.method} ${request.url}`, request.headers['proxy-authorization']);
    response.writeHead(200, { 'x-host': request.headers.host }).end('by proxy');
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket) => {
    note(`CONNECT ${request.url}`, request.headers['proxy-authorization']);
    const [, port] = request.url?.split(':') ?? [];
    const target = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

describe('HTTPS_PROXY', () => {
  it('gets a CONNECT with its own credentials, which the server never sees', async () => {
    await using server = await httpsServer((request, response) => {
      response.end(JSON.stringify([request.url, request.headers.host, request.headers['proxy-authorization'] ?? null]));
    });
    await using proxy = await proxyServer();
    vi.stubEnv('HTTPS_PROXY', `http://ada:p%40ss@127.0.0.1:${proxy.port}`);
    const url = `https://localhost:${server.port}/orders`;
    const answer = await httpClient().request({ url, tls: { ca: CERTIFICATE } });
    expect(answer.json()).toEqual(['/orders', `localhost:${server.port}`, null]);
    expect(proxy.asked).toEqual([
      {
        line: `CONNECT localhost:${server.port}`,
        authorization: `Basic ${Buffer.from('ada:p@ss').toString('base64')}`,
      },
    ]);
    expect(answer.certificateEnds?.getUTCFullYear()).toBe(2126);
    expect(answer.timings.tls).toBeGreaterThan(0);
  });

  it('does not loosen the trust in certificates', async () => {
    await using server = await httpsServer((_, response) => response.end());
    await using proxy = await proxyServer();
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`);
    expect((await failing(httpClient().request({ url: server.url }))).kind).toBe('tls');
    const tls = { ca: CERTIFICATE, serverName: 'orders.example' };
    expect((await failing(httpClient().request({ url: server.url, tls }))).kind).toBe('tls');
    expect((await httpClient().request({ url: server.url, tls: { ca: CERTIFICATE } })).status).toBe(200);
  });

  it('that refuses is never taken for the server', async () => {
    await using proxy = await rawServer((socket) =>
      socket.once('data', (data) =>
        socket.end(`HTTP/1.1 ${String(data).includes('secret.example') ? 407 : 403} No\r\ncontent-length: 2\r\n\r\nok`),
      ),
    );
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    expect(await failing(httpClient().request({ url: 'https://orders.example/x' }))).toEqual({
      kind: 'proxy',
      message: `the proxy 127.0.0.1:${proxy.port} does not connect to orders.example (403)`,
      sent: false,
    });
    expect((await failing(httpClient().request({ url: 'https://secret.example/x' }))).message).toBe(
      `the proxy 127.0.0.1:${proxy.port} wants a user name and a password (407)`,
    );
  });

  it('M09 that never answers ends with the timeout', async () => {
    await using proxy = await rawServer(() => {});
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    expect(await failing(httpClient().request({ url: 'https://orders.example/x', timeout: 100 }))).toEqual({
      kind: 'timeout',
      message: 'orders.example did not answer in time',
      sent: false,
    });
    await vi.waitUntil(() => proxy.open() === 0);
  });

  it('that cannot be reached, or is no URL, is named', async () => {
    const port = await closedPort();
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${port}`);
    expect((await failing(httpClient().request({ url: 'https://orders.example/x' }))).message).toBe(
      `the proxy 127.0.0.1:${port} cannot be reached (ECONNREFUSED)`,
    );
    vi.stubEnv('HTTPS_PROXY', 'socks5://127.0.0.1:1');
    expect((await failing(httpClient().request({ url: 'https://orders.example/x' }))).message).toBe(
      'HTTPS_PROXY is not a URL such as http://proxy.example:3128',
    );
  });
});

describe('HTTP_PROXY', () => {
  it('gets the whole address', async () => {
    await using proxy = await proxyServer();
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`);
    const answer = await httpClient().request({ url: 'http://orders.example/x?y=1' });
    expect(answer.text).toBe('by proxy');
    expect(answer.headers['x-host']).toBe('orders.example');
    expect(proxy.asked).toEqual([{ line: 'GET http://orders.example/x?y=1', authorization: undefined }]);
  });

  it('M05 a POST through it is not sent twice', async () => {
    await using proxy = await rawServer((socket) => socket.once('data', () => socket.destroy()));
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const failure = await failing(
      httpClient({ wait: async () => {} }).request({ url: 'http://orders.example/', method: 'POST', retries: 3 }),
    );
    expect(failure).toEqual({ ...failure, kind: 'reset', sent: true });
    expect(proxy.accepted()).toBe(1);
  });

  it('that cannot be reached is not called the server', async () => {
    const port = await closedPort();
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${port}`);
    expect((await failing(httpClient().request({ url: 'http://orders.example/' }))).message).toBe(
      `the proxy 127.0.0.1:${port} cannot be reached (ECONNREFUSED)`,
    );
  });
});

it('NO_PROXY goes straight', async () => {
  await using server = await httpServer((_, response) => response.end('straight'));
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${await closedPort()}`);
  vi.stubEnv('NO_PROXY', 'example.com,127.0.0.1');
  expect((await httpClient().request({ url: server.url })).text).toBe('straight');
});
