import { listen, sendJson } from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

const TESTS = `
tests:
  - method: POST
    path: /api/v1/checkout
    headers: { x-api-key: "\${SMOKE_TEST_API_KEY}" }
    body: { items: [{ sku: A-1, price: 10, quantity: 2 }] }
    expect: { status: 201, json: { $.total: 20 } }
    capture: { id: $.id }
  - path: /api/v1/orders/{id}
    headers: { x-api-key: "\${SMOKE_TEST_API_KEY}" }
    expect: { json: { $.id: "{id}" } }
  - method: POST
    path: /api/v1/orders/{id}/confirm
    headers: { x-api-key: "\${SMOKE_TEST_API_KEY}" }
    expect: { json: { $.status: confirmed } }
`;

const KEY = 'sk-9f8e7d6c5b4a3210';
const files = { 'deploy/smoke-tests.yml': TESTS };
const env = { SMOKE_TEST_API_KEY: KEY };

/** A checkout service; `orders` answers where an order is read. */
function checkout(orders: { status: number; location?: string } = { status: 200 }) {
  return listen(({ method, url, headers, response }) => {
    if (headers['x-api-key'] !== KEY) return sendJson(response, 401, { error: 'unknown API key' });
    const order = { id: 'ord-1001', total: 20 };
    if (url.pathname === '/api/v1/checkout') return sendJson(response, 201, { ...order, status: 'created' });
    if (method === 'POST') return sendJson(response, 200, { ...order, status: 'confirmed' });
    sendJson(
      response,
      orders.status,
      { ...order, key: KEY },
      orders.location === undefined ? {} : { location: orders.location },
    );
  });
}

const inputs = (url: string) => ({ 'base-url': url, tests: 'deploy/smoke-tests.yml', 'warm-up': '0s' });

describe('the smoke-test bundle', () => {
  it('is green: a line for each test and the verdict last', async () => {
    await using service = await checkout();
    const result = await runBundle('smoke-test', { inputs: inputs(service.url), files, env });
    expect(result.lines.map((line) => line.replace(/ *\b\d+(?:\.\d+)?m?s\b/, ' TIME'))).toEqual([
      'POST /api/v1/checkout             201 TIME',
      'GET  /api/v1/orders/{id}          200 TIME',
      'POST /api/v1/orders/{id}/confirm  200 TIME',
      '3/3 smoke tests passed in TIME',
    ]);
    expect(result.exitCode).toBe(0);
    expect(result.outputs['passed-count']).toBe('3');
    expect(JSON.parse(result.outputs.report ?? '').passed).toBe(true);
    expect(result.summary).toContain('✅ Smoke tests of 127.0.0.1:');
    expect(result.masked).toContain(KEY);
  });

  it('M01 is red on a redirect, with the next command and no secret', async () => {
    await using service = await checkout({ status: 302, location: 'https://login.example/sign-in?state=1' });
    const result = await runBundle('smoke-test', { inputs: inputs(service.url), files, env });
    expect(result.exitCode).toBe(1);
    expect(result.lines.at(-1)).toMatch(/^2\/3 smoke tests passed, 1 failed in /);
    expect(result.annotations).toEqual([
      {
        level: 'error',
        title: 'Smoke test failed',
        file: 'deploy/smoke-tests.yml',
        line: 9,
        column: 5,
        message: [
          'GET /api/v1/orders/{id}:',
          '- redirected to https://login.example/sign-in (302), expected status 2xx',
          'The body begins: {"id":"ord-1001","total":20,"key":"***"}',
          'Next: if the redirect is meant, write "expect: {status: 302}", or "follow-redirects: true"; to see it:',
          `curl -i -H "x-api-key: $SMOKE_TEST_API_KEY" '${service.url}/api/v1/orders/ord-1001'`,
        ]
          .join('\n')
          .replace(':\n- redirected', ': redirected'),
      },
    ]);
    const shown = result.log.replace(`::add-mask::${KEY}`, '') + result.summary + JSON.stringify(result.outputs);
    expect(shown).not.toContain(KEY);
  });

  it('M08 is red when nobody ever answers', async () => {
    const service = await checkout();
    await service.close();
    const result = await runBundle('smoke-test', {
      inputs: { ...inputs(service.url), 'warm-up': '300ms' },
      files,
      env,
    });
    expect(result.exitCode).toBe(1);
    expect(result.annotations.length).toBe(1);
    expect(result.annotations[0]?.message).toContain('refused the connection: nothing listens there (yet)');
    expect(result.lines.at(-1)).toMatch(/^0\/3 smoke tests passed, 1 failed, 2 skipped in /);
  });

  it('M11 is red on a typo, at its line, before anything is sent', async () => {
    await using service = await listen(() => {
      throw new Error('nothing should be sent');
    });
    const typo = TESTS.replace('expect: { status: 201', 'expect: { staus: 201');
    const result = await runBundle('smoke-test', {
      inputs: inputs(service.url),
      files: { 'deploy/smoke-tests.yml': typo },
      env,
    });
    expect(result.exitCode).toBe(1);
    expect(result.annotations).toEqual([
      {
        level: 'error',
        file: 'deploy/smoke-tests.yml',
        line: 7,
        column: 15,
        message: 'deploy/smoke-tests.yml:7:15: test 1: expect: there is no key "staus"\nNext: did you mean "status"?',
      },
    ]);
  });

  it('M04 is red without a test', async () => {
    const result = await runBundle('smoke-test', { inputs: { 'base-url': 'http://127.0.0.1:9', tests: 'tests: []' } });
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toContain('at least one test: a gate that checks nothing proves nothing');
  });

  it('names every missing required input', async () => {
    const result = await runBundle('smoke-test');
    expect(result.exitCode).toBe(1);
    expect(result.annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      'Input "base-url" is required and has no value.',
      'Input "tests" is required and has no value.',
    ]);
  });

  it('leaves one clear line when the job is cancelled', async () => {
    await using service = await listen(({ response }) => sendJson(response, 503, {}));
    const result = await runBundle('smoke-test', {
      inputs: { ...inputs(service.url), tests: 'tests: [{ path: / }]', 'warm-up': '30s' },
      env: { RUNNER_DEBUG: '1' },
      cancel: { when: 'Not answering yet', signal: 'SIGINT' },
    });
    expect(result.exitCode).toBe(1);
    expect(result.lines.at(-1)).toBe('Cancelled (SIGINT): connections closed, nothing half-written.');
    expect(result.annotations).toEqual([]);
  });
});
