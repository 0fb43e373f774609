import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type HttpExchange, httpClient } from '../src/index.ts';
import { CERTIFICATE, failing, httpServer, httpsServer, KEY, type Loopback, rawServer, started } from './loopback.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'])
    vi.stubEnv(name, '');
});

const keeping = (options: Parameters<typeof httpClient>[0] = {}) => httpClient({ keepConnections: true, ...options });
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** `answer` is told which request of which connection it answers, both counted from 1. */
function turns(answer: (turn: { connection: number; number: number; text: string }) => string | undefined) {
  let connections = 0;
  return rawServer((socket) => {
    connections += 1;
    const connection = connections;
    let number = 0;
    socket.on('data', (data) => {
      number += 1;
      const said = answer({ connection, number, text: String(data) });
      if (said === undefined) socket.destroy();
      else socket.write(said);
    });
  });
}

describe('a client that keeps connections', () => {
  it.each(['http', 'https'])('asks the same origin on the same one: %s', async (protocol) => {
    const start = protocol === 'http' ? httpServer : httpsServer;
    await using server = await start((request, response) => response.end(request.url));
    const client = keeping();
    for (let count = 0; count < 5; count += 1)
      expect((await client.request({ url: `${server.url}/${count}`, tls: { ca: CERTIFICATE } })).text).toBe(
        `/${count}`,
      );
    expect(server.accepted()).toBe(1);
  });

  it('opens as many as there are requests at one time, and no more for those that follow', async () => {
    await using server = await httpServer((_, response) => response.end());
    const client = keeping();
    for (let round = 0; round < 3; round += 1)
      await Promise.all(Array.from({ length: 12 }, () => client.request({ url: server.url })));
    expect(server.accepted()).toBe(12);
    await Promise.all([keeping().request({ url: server.url }), keeping().request({ url: server.url })]);
    expect(server.accepted()).toBe(14);
  });

  it('says that a kept connection took no time, and still when its certificate ends', async () => {
    await using server = await httpsServer((_, response) => response.end());
    const client = keeping();
    const ask = () => client.request({ url: `https://localhost:${server.port}`, tls: { ca: CERTIFICATE } });
    const first = await ask();
    const second = await ask();
    expect(first.timings.tls).toBeGreaterThan(0);
    expect(second.timings).toEqual({ ...second.timings, dns: 0, tcp: 0, tls: 0 });
    expect(second.timings.wait).toBeGreaterThan(0);
    expect(second.timings.wait + second.timings.download).toBeLessThanOrEqual(second.timings.total);
    expect(second.certificateEnds?.getUTCFullYear()).toBe(2126);
    expect(server.accepted()).toBe(1);
  });

  it('never lets two identities share one', async () => {
    const seen = new Map<number, Set<string>>();
    const tls = { key: KEY, cert: CERTIFICATE, requestCert: true, rejectUnauthorized: false };
    await using server = await started(
      createTlsServer(tls, (request, response) => {
        const who = request.url ?? '';
        const port = request.socket.remotePort ?? 0;
        seen.set(port, (seen.get(port) ?? new Set()).add(who));
        response.end(who);
      }),
      'https:',
    );
    const client = keeping();
    const identities = {
      trusting: { ca: CERTIFICATE },
      blind: { rejectUnauthorized: false },
      named: { ca: CERTIFICATE, serverName: 'localhost' },
      certified: { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY },
      both: { ca: `${CERTIFICATE}\n`, cert: CERTIFICATE, key: KEY },
    };
    for (let round = 0; round < 3; round += 1)
      for (const [name, identity] of Object.entries(identities))
        await client.request({ url: `${server.url}/${name}`, tls: identity });
    expect([...seen.values()].map((who) => [...who])).toEqual(Object.keys(identities).map((name) => [`/${name}`]));
    // Nothing that a kept connection was once trusted with is believed without it.
    expect((await failing(client.request({ url: server.url }))).kind).toBe('tls');
  });

  it('leaves one of its own to what must not be sent twice', async () => {
    await using server = await httpServer((_, response) => response.end());
    const client = keeping();
    for (const method of ['GET', 'POST', 'PATCH', 'post', 'GET']) await client.request({ url: server.url, method });
    expect(server.accepted()).toBe(4);
  });

  it('does not keep what the server is about to close', async () => {
    for (const head of ['connection: close', 'keep-alive: timeout=1']) {
      await using server = await turns(() => OK.replace('\r\n', `\r\n${head}\r\n`));
      const client = keeping();
      for (let count = 0; count < 2; count += 1) await client.request({ url: server.url });
      expect(server.accepted()).toBe(2);
    }
  });

  it('shakes hands anew on a new one, so that the certificate is the one of now', async () => {
    await using server = await httpsServer((request, response) => {
      response.setHeader('connection', 'close').end(String((request.socket as TLSSocket).isSessionReused()));
    });
    const client = keeping();
    for (let count = 0; count < 3; count += 1)
      expect((await client.request({ url: server.url, tls: { ca: CERTIFICATE } })).text).toBe('false');
  });

  it('closes them soon', async () => {
    await using server = await turns(() => OK);
    await keeping().request({ url: server.url });
    expect(server.open()).toBe(1);
    await vi.waitUntil(() => server.open() === 0, { timeout: 10_000 });
  });
});

describe('M05 a kept connection that the server has just closed', () => {
  const servers: Record<string, () => Promise<Loopback>> = {
    http: () => turns(({ connection, number }) => (connection < 3 && number === 2 ? undefined : OK)),
    https: async () => {
      let connections = 0;
      const server = createTlsServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
        if (numbers.get(request.socket) === 1) request.socket.destroy();
        else response.end('ok');
        numbers.set(request.socket, (numbers.get(request.socket) ?? 0) + 1);
      });
      const numbers = new WeakMap<object, number>();
      server.on('secureConnection', (socket) => {
        connections += 1;
        if (connections > 2) numbers.set(socket, 10);
      });
      return started(server, 'https:');
    },
  };

  it.each(Object.keys(servers))('M05 is noticed by nobody: %s', async (protocol) => {
    await using server = (await servers[protocol]?.()) as Loopback;
    const seen: HttpExchange[] = [];
    const client = keeping({ observe: (exchange) => seen.push(exchange) });
    for (const method of ['GET', 'PUT']) {
      const answer = await client.request({ url: server.url, method, tls: { ca: CERTIFICATE } });
      expect(answer.text).toBe('ok');
    }
    expect(seen.map(({ status, attempt }) => [status, attempt])).toEqual([
      [200, 1],
      [200, 1],
    ]);
    expect(server.accepted()).toBe(2);
  });

  it('M05 makes for one more try and not for two', async () => {
    await using server = await turns(({ connection, number }) => (connection + number === 2 ? OK : undefined));
    const client = keeping();
    await client.request({ url: server.url });
    const failure = await failing(client.request({ url: server.url }));
    expect(failure).toEqual({ ...failure, kind: 'reset', sent: true });
    expect(server.accepted()).toBe(2);
  });

  it('M05 in the middle of its answer is lost', async () => {
    await using server = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write(OK);
        socket.once('data', () => socket.end('HTTP/1.1 200 O'));
      });
    });
    const client = keeping();
    await client.request({ url: server.url });
    expect((await failing(client.request({ url: server.url }))).kind).toBe('reset');
    expect(server.accepted()).toBe(1);
  });

  it('M05 or a moment ago is not asked', async () => {
    await using server = await httpServer((_, response) => {
      response.end('ok', () => response.socket?.end());
    });
    const client = keeping();
    for (let count = 0; count < 20; count += 1)
      expect((await client.request({ url: server.url, method: 'PUT' })).text).toBe('ok');
  });
});

describe('a request on a kept connection', () => {
  it('M09 ends with its timeout and with its signal', async () => {
    let heard = 0;
    await using server = await turns(({ text }) => {
      if (!text.includes('/silent')) return OK;
      heard += 1;
      return '';
    });
    const cancel = new AbortController();
    const client = keeping();
    await client.request({ url: server.url });
    const late = await failing(client.request({ url: `${server.url}/silent`, timeout: 50 }));
    expect(late).toEqual({ kind: 'timeout', message: `127.0.0.1:${server.port} did not answer in time`, sent: true });
    await client.request({ url: server.url });
    const called = failing(client.request({ url: `${server.url}/silent`, signal: cancel.signal }));
    await vi.waitUntil(() => heard === 2);
    cancel.abort('SIGINT');
    expect(await called).toEqual({ kind: 'aborted', message: expect.stringContaining('called off'), sent: true });
    await client.request({ url: server.url });
    expect(server.accepted()).toBe(3);
  });

  it('leaves no listener behind', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error) => warnings.push(message);
    process.on('warning', note);
    const { signal } = new AbortController();
    await using server = await httpServer((_, response) => response.end());
    const client = keeping({ signal });
    for (let count = 0; count < 40; count += 1) await client.request({ url: server.url, signal });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
    expect(server.accepted()).toBe(1);
    // The client's own, which closes what is kept.
    expect(getEventListeners(signal, 'abort').length).toBe(1);
  });
});

describe('the end', () => {
  it('of a cancelled run closes idle connections too', async () => {
    const cancel = new AbortController();
    await using server = await turns(() => OK);
    const client = keeping({ signal: cancel.signal });
    await Promise.all([1, 2, 3].map(() => client.request({ url: server.url })));
    expect(server.open()).toBe(3);
    cancel.abort('SIGINT');
    // Sooner than they would be closed by themselves.
    await vi.waitUntil(() => server.open() === 0, { timeout: 500, interval: 5 });
  });

  it.each(['http', 'https', 'tunnel'])('comes with the last answer: nothing waits for %s', async (kind) => {
    await using server = kind === 'http' ? await turns(() => OK) : await httpsServer((_, response) => response.end());
    const { tunnelling } = await import('./loopback.ts');
    await using proxy = await tunnelling();
    const source = fileURLToPath(new URL('../src/index.ts', import.meta.url));
    const script = `
      import { httpClient } from ${JSON.stringify(source)};
      const client = httpClient({ keepConnections: true });
      const request = ${JSON.stringify({ url: server.url, tls: { ca: CERTIFICATE } })};
      for (let count = 0; count < 2; count += 1) await client.request(request);
      await new Promise((resolve) => setImmediate(resolve));
      console.log(process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name)).join());`;
    const env = kind === 'tunnel' ? { HTTPS_PROXY: proxy.url } : {};
    const node = promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script], { env });
    expect((await node).stdout).toBe('\n');
    expect(server.accepted()).toBe(1);
  });
});
