import { listen, sendJson } from '@delivery-actions/stand-ins';
import { runMain } from '@delivery-actions/testkit';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../src/main.ts';
import { type Answer, ok, smoke, timeless } from './smoke.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'all_proxy', 'HTTP_PROXY', 'ALL_PROXY']) vi.stubEnv(name, '');
});

const DELIVERY = `
tests:
  - method: POST
    path: /api/v1/checkout
    headers: { x-api-key: "\${API_KEY}" }
    body: { items: [{ sku: A-1, price: 10, quantity: 2 }] }
    expect: { status: 201, json: { $.status: created, $.total: 20 } }
    capture: { id: $.id }
  - path: /api/v1/orders/{id}
    headers: { x-api-key: "\${API_KEY}" }
    expect: { json: { $.id: "{id}" } }
  - method: POST
    path: /api/v1/orders/{id}/confirm
    headers: { x-api-key: "\${API_KEY}" }
    body: { order: "{id}", total: 20 }
    expect: { contains: confirmed }
`;

describe('a delivery', () => {
  it('that works is three lines and a verdict', async () => {
    const bodies: string[] = [];
    const result = await smoke(
      DELIVERY,
      ({ method, url, headers, body, response }) => {
        if (method === 'POST') bodies.push(`${headers['content-type']} ${body}`);
        if (headers['x-api-key'] !== 'hunter2hunter2') return sendJson(response, 401, {});
        if (url.pathname === '/api/v1/checkout')
          return sendJson(response, 201, { id: 'ord/1', status: 'created', total: 20 });
        sendJson(response, 200, { id: 'ord/1', status: 'confirmed' });
      },
      { env: { API_KEY: 'hunter2hunter2' } },
    );
    expect(timeless(result.lines)).toEqual([
      'POST /api/v1/checkout             201 TIME',
      'GET  /api/v1/orders/{id}          200 TIME',
      'POST /api/v1/orders/{id}/confirm  200 TIME',
      '3/3 smoke tests passed in TIME',
    ]);
    expect(result.exitCode).toBe(0);
    expect(result.annotations).toEqual([]);
    // The first is the probe before a POST, which carries no secret.
    expect(result.asked).toEqual([
      'GET /api/v1/checkout',
      'POST /api/v1/checkout',
      'GET /api/v1/orders/ord%2F1',
      'POST /api/v1/orders/ord%2F1/confirm',
    ]);
    expect(bodies).toEqual([
      'application/json {"items":[{"sku":"A-1","price":10,"quantity":2}]}',
      'application/json {"order":"ord/1","total":20}',
    ]);
    expect(result.outputs['passed-count']).toBe('3');
    expect(result.outputs['failed-count']).toBe('0');
    const report = JSON.parse(result.outputs.report ?? '');
    expect(report.passed).toBe(true);
    expect(report.rows[1]).toMatchObject({
      status: 'passed',
      method: 'GET',
      path: '/api/v1/orders/{id}',
      statusCode: 200,
      timings: { dns: 0, tls: 0, total: expect.any(Number) },
    });
    expect(result.summary).toContain('| ✅ | GET  /api/v1/orders/{id} | 200 |');
  });

  it('that fails hides no later test, and skips the ones that cannot run', async () => {
    const result = await smoke(
      `
tests:
  - path: /a
    expect: { status: 201, json: { $.id: x }, contains: fine }
    capture: { id: $.id, gone: $.gone }
  - { name: the order, path: "/b/{id}" }
  - path: /c/{gone}
  - path: /d
`,
      ok,
    );
    expect(result.exitCode).toBe(1);
    expect(timeless(result.lines)).toEqual([
      'GET /a         200 TIME  FAILED: expected status 201, got 200 (and 3 more)',
      'GET /b/{id}    200 TIME  the order',
      'GET /c/{gone}  skipped: {gone} was not captured',
      'GET /d         200 TIME',
      '2/4 smoke tests passed, 1 failed, 1 skipped in TIME',
    ]);
    expect(result.annotations).toEqual([
      {
        level: 'error',
        title: 'Smoke test failed',
        message: [
          'GET /a:',
          '- expected status 201, got 200',
          '- $.id: expected "x", got "ord-1"',
          '- the body does not contain "fine"',
          '- {gone} was not captured: $.gone finds nothing',
          'The body begins: {"id":"ord-1"}',
        ].join('\n'),
        hint: `curl -i '${result.url}/a'`,
        file: 'smoke.yml',
        line: 3,
        column: 5,
      },
    ]);
    expect([result.outputs['passed-count'], result.outputs['failed-count']]).toEqual(['2', '2']);
  });

  it('a value captured earlier never stands in for one that could not be captured', async () => {
    const result = await smoke(
      'tests:\n  - { path: /1, capture: { id: $.id } }\n  - { path: /2, capture: { id: $.id } }\n  - path: /orders/{id}\n',
      ({ url, response }) => sendJson(response, 200, url.pathname === '/1' ? { id: 'old' } : {}),
    );
    expect(result.asked).toEqual(['GET /1', 'GET /2']);
    expect(result.lines.at(-2)).toContain('skipped: {id} was not captured');
  });

  it.each([
    ['""', ''],
    ['".."', '..'],
    ['an object', {}],
    ['null', null],
  ])('a captured id that would lead elsewhere is none: %s', async (text, id) => {
    const result = await smoke(
      'tests:\n  - { path: /1, capture: { id: $.id } }\n  - path: /orders/{id}\n',
      ({ response }) => sendJson(response, 200, { id }),
    );
    expect(result.asked).toEqual(['GET /1']);
    expect(result.annotations[0]?.message).toContain(`{id} was not captured: $.id is ${text}`);
  });

  it('tests may be inline, and base-url may have a path', async () => {
    const result = await smoke('', ok, { inputs: { tests: 'tests:\n  - path: /a//b?c=d\n' } });
    expect(result.asked).toEqual(['GET /a//b?c=d']);
    await using service = await listen(({ url, response }) =>
      sendJson(response, url.pathname === '/app/a' ? 200 : 404, {}),
    );
    const { exitCode } = await runMain('smoke-test', (run) => main(run), {
      inputs: { 'base-url': `${service.url}/app/`, tests: 'tests: [{ path: /a }]' },
    });
    expect(exitCode).toBe(0);
  });
});

describe('M01 a redirect', () => {
  const login: Answer = ({ url, response }) => {
    if (url.pathname === '/login') return void response.end('<h1>Sign in</h1>');
    response.writeHead(302, { location: '/login?next=%2Forders' }).end();
  };

  it('M01 to a login page that answers 200 is a failure that says where it led', async () => {
    const result = await smoke('tests:\n  - path: /orders\n', login);
    expect(result.exitCode).toBe(1);
    expect(result.asked).toEqual(['GET /orders']);
    expect(result.lines[0]).toMatch(
      /^GET \/orders {2}302 .*FAILED: redirected to \/login \(302\), expected status 2xx$/,
    );
    expect(result.annotations[0]?.message).toBe('GET /orders: redirected to /login (302), expected status 2xx');
    expect(result.annotations[0]?.hint).toBe(
      `if the redirect is meant, write "expect: {status: 302}", or "follow-redirects: true"; to see it:\ncurl -i '${result.url}/orders'`,
    );
  });

  it('M01 that is expected passes, and one that is to be followed is', async () => {
    const result = await smoke(
      'tests:\n  - { path: /a, expect: { status: 302 } }\n  - { path: /b, follow-redirects: true, expect: { contains: Sign in } }\n',
      login,
    );
    expect(result.exitCode).toBe(0);
    expect(result.lines[1]).toMatch(/after 1 redirect$/);
  });

  it('M10 to another host carries no header that holds a secret', async () => {
    const seen: unknown[] = [];
    await using elsewhere = await listen(({ headers, response }) => {
      seen.push([headers.authorization, headers['x-team-key'], headers.accept]);
      response.end('ok');
    });
    const result = await smoke(
      'tests:\n  - path: /\n    follow-redirects: true\n    headers: { authorization: "Bearer ${API_KEY}", x-team-key: "${API_KEY}", accept: text/plain }\n',
      ({ response }) => void response.writeHead(302, { location: elsewhere.url }).end(),
      { env: { API_KEY: 'hunter2hunter2' } },
    );
    expect(result.exitCode).toBe(0);
    expect(seen).toEqual([[undefined, undefined, 'text/plain']]);
  });
});

describe('M07 an error page with status 200', () => {
  const page: Answer = ({ response }) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Something went wrong</h1>');

  it('M07 is no JSON', async () => {
    const result = await smoke(
      'tests:\n  - { path: /, expect: { json: { $.status: ok } }, capture: { id: $.id } }\n',
      page,
    );
    expect(result.annotations[0]?.message).toBe(
      [
        'GET /:',
        '- expected JSON: the body is not JSON but text/html',
        '- {id} was not captured: the body is not JSON but text/html',
        'The body begins: <h1>Something went wrong</h1>',
      ].join('\n'),
    );
  });

  it('JSON that is nested without measure is refused, and what is nested a lot is read', async () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}{"id":1}${'}'.repeat(levels)}`;
    const tests = 'tests:\n  - { path: /, expect: { json: { $..id: 1 } } }\n';
    const refused = await smoke(tests, ({ response }) => void response.end(nested(100_000)));
    expect(refused.annotations[0]?.message).toContain('expected JSON: the body is nested deeper than 200 levels');
    const read = await smoke(tests, ({ response }) => void response.end(nested(199)));
    expect(read.annotations).toEqual([]);
  });

  it('M07 does not contain what it should', async () => {
    const result = await smoke('tests:\n  - { path: /, expect: { contains: Welcome } }\n', page);
    expect(result.annotations[0]?.message).toContain('GET /: the body does not contain "Welcome"');
  });
});
