import { beforeEach, expect, it, vi } from 'vitest';
import { httpClient } from '../src/index.ts';
import { CERTIFICATE, closedPort, failing, httpServer, httpsServer, rawServer } from './loopback.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'])
    vi.stubEnv(name, '');
});

const client = httpClient();

it('nothing listens', async () => {
  const port = await closedPort();
  expect(await failing(client.request({ url: `http://127.0.0.1:${port}` }))).toEqual({
    kind: 'refused',
    message: `127.0.0.1:${port} refused the connection: nothing listens there (yet)`,
    sent: false,
  });
  // localhost has two addresses, for which Node throws an AggregateError.
  expect((await failing(client.request({ url: `http://localhost:${port}` }))).kind).toBe('refused');
});

it('the host has no address', async () => {
  expect(await failing(client.request({ url: 'http://no-such-host.invalid/x' }))).toEqual({
    kind: 'unknown-host',
    message: 'no-such-host.invalid has no address in DNS',
    sent: false,
  });
});

it('the certificate is not trusted', async () => {
  await using server = await httpsServer((_, response) => response.end());
  expect(await failing(client.request({ url: server.url }))).toEqual({
    kind: 'tls',
    message: `127.0.0.1:${server.port} has no trusted TLS certificate for this client: self-signed certificate`,
    sent: false,
  });
});

it('the certificate is for another name', async () => {
  await using server = await httpsServer((_, response) => response.end());
  const tls = { ca: CERTIFICATE, serverName: 'orders.example' };
  const failure = await failing(client.request({ url: server.url, tls }));
  expect(failure.kind).toBe('tls');
  expect(failure.message).toContain("Hostname/IP does not match certificate's altnames");
});

it('the server speaks no TLS', async () => {
  await using server = await httpServer((_, response) => response.end());
  expect(await failing(client.request({ url: `https://127.0.0.1:${server.port}` }))).toEqual({
    kind: 'tls',
    message: `127.0.0.1:${server.port} does not speak TLS on that port: is it http:// there?`,
    sent: false,
  });
});

it('the server does not speak HTTP', async () => {
  await using server = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  expect((await failing(client.request({ url: server.url }))).message).toMatch(
    new RegExp(`^127\\.0\\.0\\.1:${server.port} answered something that is not HTTP \\(HPE_`),
  );
});

it('the connection is lost before the answer, and in the middle of it', async () => {
  await using before = await rawServer((socket) => socket.once('data', () => socket.destroy()));
  expect(await failing(client.request({ url: before.url }))).toEqual({
    kind: 'reset',
    message: `the connection to 127.0.0.1:${before.port} was lost (ECONNRESET)`,
    sent: true,
  });
  await using amid = await rawServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
  );
  expect(await failing(client.request({ url: amid.url }))).toEqual({
    kind: 'reset',
    message: `the connection to 127.0.0.1:${amid.port} was lost (ECONNRESET)`,
    sent: true,
  });
});

it('a request that cannot be sent is told by the name of its header, never the value', async () => {
  const url = 'http://127.0.0.1:9';
  const failure = await failing(client.request({ url, headers: { authorization: 'hunter2\nhunter2' } }));
  expect(failure).toEqual({
    kind: 'bad-request',
    message: 'the request to 127.0.0.1:9 cannot be sent: Invalid character in header content ["authorization"]',
    sent: false,
  });
});

it('an address that is no URL is never quoted', async () => {
  expect((await failing(client.request({ url: 'user:hunter2@' }))).message).not.toContain('hunter2');
  expect((await failing(client.request({ url: 'ftp://a.example/x' }))).message).toBe(
    'ftp:// is not an address for HTTP: expected http:// or https://',
  );
});
