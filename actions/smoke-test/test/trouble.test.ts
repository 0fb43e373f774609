import { sendJson } from '@delivery-actions/stand-ins';
import { runMain } from '@delivery-actions/testkit';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../src/main.ts';
import { type Answer, ok, smoke } from './smoke.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'all_proxy', 'HTTP_PROXY', 'ALL_PROXY']) vi.stubEnv(name, '');
});

describe('M06 secrets', () => {
  it('M06 a captured token is masked before anything of the answer is shown', async () => {
    const result = await smoke(
      `
tests:
  - path: /login
    expect: { status: 201 }
    capture: { token: $.token, pin: { json: $.pin, secret: true }, id: $.id }
  - path: /orders/{id}?pin={pin}
    headers: { authorization: "Bearer {token}" }
    expect: { json: { $.token: x } }
`,
      ({ response, headers }) =>
        sendJson(response, 200, { id: 'ord-1', token: 'tok-12345678', pin: 4711_4711, echo: headers.authorization }),
    );
    expect(result.masked).toEqual(['tok-12345678', '47114711']);
    expect(JSON.stringify({ ...result, masked: [], asked: [] })).not.toMatch(/tok-12345678|47114711/);
    expect(result.annotations[0]?.message).toContain('The body begins: {"id":"ord-1","token":"***","pin":***}');
    expect(result.annotations[1]?.hint).toBe(
      `curl -i -H "authorization: Bearer $token" "${result.url}/orders/ord-1?pin=$pin"`,
    );
    expect(result.asked[1]).toBe('GET /orders/ord-1?pin=47114711');
  });

  it('M06 an environment variable is masked, and an unset one is an error that names it', async () => {
    const tests = 'tests:\n  - { path: /, headers: { x: "${API_KEY}" }, expect: { contains: "v-${API_KEY}" } }\n';
    const set = await smoke(tests, ok, { env: { API_KEY: 'hunter2hunter2' } });
    expect(set.masked).toEqual(['hunter2hunter2']);
    expect(set.annotations[0]?.message).toContain('the body does not contain "v-***"');
    const unset = await smoke(tests, ok);
    expect(unset.asked).toEqual([]);
    expect(unset.annotations.map(({ message }) => message)).toEqual([
      'smoke.yml:2:30: test 1: headers.x: the environment variable API_KEY is not set',
    ]);
  });

  it('a value that no header can hold is told by the name of its header', async () => {
    const result = await smoke('tests:\n  - { path: /, headers: { x-key: "${API_KEY}" } }\n', ok, {
      env: { API_KEY: 'hunter2\nhunter2' },
    });
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toContain('cannot be sent: Invalid character in header content ["x-key"]');
    expect(JSON.stringify({ ...result, masked: [] })).not.toContain('hunter2');
  });
});

describe('M08 a service that still starts', () => {
  it('M08 is asked again until it answers, and then passes', async () => {
    let count = 0;
    const result = await smoke('tests:\n  - path: /health/ready\n', ({ response }) => {
      count += 1;
      if (count === 3) return void response.socket?.destroy();
      sendJson(response, [404, 502, 0, 503, 504][count - 1] ?? 200, {});
    });
    expect(result.exitCode).toBe(0);
    expect(result.asked.length).toBe(6);
    const host = new URL(result.url).host;
    expect(result.lines.slice(0, 5).map((line) => line.replace(/for \S+ more/, 'for TIME more'))).toEqual([
      `Not answering yet: ${host} answered 404. Trying for TIME more.`,
      `Not answering yet: ${host} answered 502. Trying for TIME more.`,
      `Not answering yet: the connection to ${host} was lost (ECONNRESET). Trying for TIME more.`,
      `Not answering yet: ${host} answered 503. Trying for TIME more.`,
      `Not answering yet: ${host} answered 504. Trying for TIME more.`,
    ]);
    expect(result.lines[5]).toMatch(/^Answering after \d+ms\.$/);
    expect(JSON.parse(result.outputs.report ?? '').rows[0].tries).toBe(6);
  });

  it('M08 the patience ends with the first test that passes', async () => {
    const result = await smoke('tests:\n  - path: /a\n  - path: /b\n', ({ url, response }) =>
      sendJson(response, url.pathname === '/a' ? 200 : 503, {}),
    );
    expect(result.asked).toEqual(['GET /a', 'GET /b']);
    expect(result.exitCode).toBe(1);
  });

  it('M08 an expected 404 is an answer', async () => {
    const result = await smoke(
      'tests:\n  - { path: /gone, expect: { status: [404, 410] } }\n  - { path: /gone, expect: { status: 4xx } }\n',
      ({ response }) => sendJson(response, 404, {}),
    );
    expect(result.asked.length).toBe(2);
    expect(result.exitCode).toBe(0);
  });

  it('M08 another wrong answer is an answer: a failed assertion is not tried again', async () => {
    const result = await smoke('tests:\n  - path: /\n', ({ response }) => sendJson(response, 500, {}));
    expect(result.asked.length).toBe(1);
  });

  it('M05 a POST waits until a GET to its path is answered, and is sent once', async () => {
    let count = 0;
    const result = await smoke(
      'tests:\n  - { method: POST, path: /checkout, headers: { x-key: "${API_KEY}" }, body: {} }\n',
      ({ method, headers, response }) => {
        count += 1;
        expect(headers['x-key']).toBe(method === 'GET' ? undefined : 'hunter2hunter2');
        sendJson(response, count < 3 ? 503 : method === 'GET' ? 404 : 503, {});
      },
      { env: { API_KEY: 'hunter2hunter2' } },
    );
    expect(result.asked).toEqual(['GET /checkout', 'GET /checkout', 'GET /checkout', 'POST /checkout']);
    expect(result.exitCode).toBe(1);
  });

  it('M08 nobody ever listens: said once for all tests, with the next command', async () => {
    const { url } = await smoke('tests: [{ path: / }]', ok);
    const result = await runMain('smoke-test', (run) => main(run), {
      inputs: { 'base-url': url, tests: 'tests:\n  - path: /a\n  - path: /b\n', 'warm-up': '0s' },
    });
    const { host } = new URL(url);
    expect(result.annotations).toEqual([
      {
        level: 'error',
        title: 'Smoke test failed',
        message: `2 tests (GET /a, GET /b): ${host} refused the connection: nothing listens there (yet)`,
        hint: `is base-url right, and is the service exposed there? A longer "warm-up" waits longer for it.\ncurl -i '${url}/a'`,
      },
    ]);
    expect(result.lines.at(-1)).toMatch(/^0\/2 smoke tests passed, 2 failed in /);
  });
});

describe('M09 an answer without an end', () => {
  const drip: Answer = ({ response }) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 5);
    response.on('close', () => clearInterval(timer));
  };

  it('M09 costs its own test only', async () => {
    const result = await smoke('tests:\n  - { path: /slow, timeout: 100ms }\n  - path: /b\n', (exchange) =>
      exchange.url.pathname === '/slow' ? drip(exchange) : ok(exchange),
    );
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toBe(`GET /slow: ${new URL(result.url).host} did not answer in time`);
    expect(result.annotations[0]?.hint).toBe(
      `a request may take 10s unless its test says more, such as "timeout: 30s"; to see it:\ncurl -i '${result.url}/slow'`,
    );
    expect(result.lines[1]).toMatch(/^GET \/b {5}200/);
  });

  it('M09 a verdict comes within the timeout of everything', async () => {
    const result = await smoke('tests:\n  - path: /a\n  - path: /b\n  - path: /c\n', drip, {
      inputs: { timeout: '150ms' },
    });
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]).toEqual({
      level: 'error',
      title: 'Smoke tests ran out of time',
      message: 'The timeout of 150ms passed before the tests were through; 2 of 3 did not run.',
      hint: 'raise the input "timeout", or see below which test took the time',
    });
    expect(result.lines.slice(1).map((line) => line.replace(/ {2,}/, '  '))).toEqual([
      'GET /b  skipped: the timeout passed before its turn',
      'GET /c  skipped: the timeout passed before its turn',
      expect.stringMatching(/^0\/3 smoke tests passed, 1 failed, 2 skipped in /),
    ]);
  });
});
