import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type HttpExchange, httpClient } from '../src/index.ts';
import { CERTIFICATE, failing, httpServer, httpsServer } from './loopback.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'])
    vi.stubEnv(name, '');
});

describe('an answer', () => {
  it('has status, headers in lower case, text, JSON and where it came from', async () => {
    await using server = await httpServer((_, response) => {
      response.setHeader('X-Version', '1.4.0').setHeader('set-cookie', ['a=1', 'b=2']).writeHead(201);
      response.end('\uFEFF{"id":"ord-1"}');
    });
    const answer = await httpClient().request({ url: `${server.url}/orders?x=1` });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-version']).toBe('1.4.0');
    expect(answer.headers['set-cookie']).toBe('a=1, b=2');
    expect(answer.text).toBe('{"id":"ord-1"}');
    expect(answer.json()).toEqual({ id: 'ord-1' });
    expect(answer.url).toBe(`${server.url}/orders?x=1`);
    expect(answer.redirects).toEqual([]);
  });

  it('that is not JSON is said without quoting it', async () => {
    await using server = await httpServer((_, response) => response.end('token=hunter2hunter2'));
    const answer = await httpClient().request({ url: server.url });
    expect(() => answer.json()).toThrow(`127.0.0.1:${server.port} answered 200 with a body that is not JSON`);
  });

  it('carries what the request says: method, headers, body with its length', async () => {
    const seen: unknown[] = [];
    await using server = await httpServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { 'content-length': length, 'user-agent': agent, 'x-api-key': key } = request.headers;
      seen.push({ method: request.method, length, agent, key, body });
      response.end();
    });
    await httpClient({ userAgent: 'smoke-test' }).request({
      url: server.url,
      method: 'POST',
      headers: { 'X-Api-Key': 'k' },
      body: 'grün',
    });
    expect(seen).toEqual([{ method: 'POST', length: '5', agent: 'smoke-test', key: 'k', body: 'grün' }]);
  });

  it.each(['gzip', 'x-gzip', 'deflate', 'br'])('is decompressed: %s', async (encoding) => {
    const { brotliCompressSync, deflateSync } = await import('node:zlib');
    const compress = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync }[encoding];
    await using server = await httpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(compress?.('hello'));
    });
    expect((await httpClient().request({ url: server.url })).text).toBe('hello');
  });

  it('to HEAD may name an encoding and have no body', async () => {
    await using server = await httpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end();
    });
    expect((await httpClient().request({ url: server.url, method: 'HEAD' })).body.length).toBe(0);
  });

  it('whose compressed body is cut or made up is broken, not empty', async () => {
    await using server = await httpServer((request, response) => {
      const encoding = request.url === '/zstd' ? 'zstd' : 'gzip';
      response.writeHead(200, { 'content-encoding': encoding });
      response.end(request.url === '/cut' ? gzipSync('hello'.repeat(100)).subarray(0, 20) : 'plain');
    });
    const client = httpClient();
    const broken = {
      kind: 'bad-encoding',
      message: `127.0.0.1:${server.port} answered with a broken gzip body`,
      sent: true,
    };
    expect(await failing(client.request({ url: `${server.url}/cut` }))).toEqual(broken);
    expect(await failing(client.request({ url: `${server.url}/fake` }))).toEqual(broken);
    expect((await failing(client.request({ url: `${server.url}/zstd` }))).message).toBe(
      `127.0.0.1:${server.port} answered in the encoding "zstd", which was not asked for`,
    );
  });
});

describe('timings', () => {
  it('put the time a server thinks into wait and the time it sends into download', async () => {
    await using server = await httpServer((_, response) => {
      setTimeout(() => {
        response.writeHead(200);
        response.write('a');
        setTimeout(() => response.end('b'), 60);
      }, 80);
    });
    const { timings } = await httpClient().request({ url: server.url });
    expect(timings.wait).toBeGreaterThan(75);
    expect(timings.download).toBeGreaterThan(55);
    expect(timings.dns).toBe(0);
    expect(timings.tls).toBe(0);
    expect(timings.tcp).toBeGreaterThan(0);
    const { total, ...phases } = timings;
    expect(Object.values(phases).reduce((sum, phase) => sum + phase)).toBeLessThanOrEqual(total);
  });

  it('name DNS and TLS when they happened', async () => {
    await using server = await httpsServer((_, response) => response.end('ok'));
    const url = `https://localhost:${server.port}`;
    const { timings } = await httpClient().request({ url, tls: { ca: CERTIFICATE } });
    expect(timings.dns).toBeGreaterThan(0);
    expect(timings.tls).toBeGreaterThan(0);
  });

  it('of a request with a redirect count the redirect in the total', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url === '/') setTimeout(() => response.writeHead(302, { location: '/there' }).end(), 60);
      else response.end('ok');
    });
    const { timings } = await httpClient().request({ url: server.url, redirects: 1 });
    expect(timings.total).toBeGreaterThan(55);
  });
});

describe('a connection', () => {
  it('belongs to one exchange only', async () => {
    await using server = await httpServer((_, response) => response.end());
    const client = httpClient();
    await client.request({ url: server.url });
    await client.request({ url: server.url });
    expect(server.accepted()).toBe(2);
  });

  it('M12 tells when its certificate ends', async () => {
    await using server = await httpsServer((_, response) => response.end());
    const answer = await httpClient().request({ url: server.url, tls: { ca: CERTIFICATE } });
    expect(answer.certificateEnds?.getUTCFullYear()).toBe(2126);
  });
});

it('the observer is told method, address without query, and result, never a header or a body', async () => {
  await using server = await httpServer((_, response) => response.writeHead(404).end('secret body'));
  const seen: HttpExchange[] = [];
  const client = httpClient({ observe: (exchange) => seen.push(exchange) });
  await client.request({ url: `${server.url}/a?key=hunter2`, headers: { authorization: 'Bearer hunter2' } });
  expect(seen).toEqual([
    { method: 'GET', url: `${server.url}/a`, status: 404, attempt: 1, milliseconds: expect.any(Number) },
  ]);
});
