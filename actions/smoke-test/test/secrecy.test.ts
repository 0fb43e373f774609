import { listen, type StandIn } from '@delivery-actions/stand-ins';
import { runMain } from '@delivery-actions/testkit';
import { assert, asyncProperty, constantFrom, oneof, string } from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { main } from '../src/main.ts';

/** The ways in which a server may give back what it was sent. */
const ECHOES = {
  raw: (secret: string) => secret,
  json: (secret: string) => JSON.stringify({ error: `unknown key ${secret}` }),
  'escaped json': (secret: string) =>
    `{"error":"${[...secret].map((character) => [...Array(character.length).keys()].map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')).join('')}"}`,
  'json in text': (secret: string) => `<p>${JSON.stringify({ error: secret })}</p>`,
  html: (secret: string) =>
    `<p>${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</p>`,
  'html numbers': (secret: string) =>
    `<p>${secret.replace(/\W/gu, (character) => `&#${character.codePointAt(0)};`)}</p>`,
  url: (secret: string) => `see https://a.example/${encodeURI(secret)}`,
  'url component': (secret: string) => `see /login?next=${encodeURIComponent(secret)}`,
  'lower-case url': (secret: string) => encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
  base64: (secret: string) => `Basic ${Buffer.from(secret).toString('base64')}`,
  capitals: (secret: string) => secret.toUpperCase(),
} as const;

const TESTS = `
tests:
  - method: POST
    path: /login?key=\${API_KEY}
    body: { key: "\${API_KEY}", nested: ["x \${API_KEY}"] }
    expect: { status: 201, contains: "nothing \${API_KEY}", json: { $.key: "\${API_KEY}!", $.error: { type: number } } }
    capture: { grant: { json: $.grant, secret: true } }
  - path: /echo/{grant}
    expect: { status: 204, contains: "{grant}?", json: { $.error: "{grant}" } }
`;

let service: StandIn;
let secret = '';
let echo: keyof typeof ECHOES = 'raw';
let redirect = false;
let grant = '';
beforeAll(async () => {
  for (const name of ['http_proxy', 'all_proxy', 'HTTP_PROXY', 'ALL_PROXY']) vi.stubEnv(name, '');
  service = await listen(({ method, url, response }) => {
    if (url.pathname === '/login')
      return void response.writeHead(200).end(JSON.stringify({ grant, key: `the ${secret}` }));
    if (method === 'GET' && redirect)
      return void response.writeHead(302, { location: `/there/${encodeURI(secret)}` }).end();
    response.writeHead(500).end(ECHOES[echo](secret));
  });
});
afterAll(() => service.close());

const secrets = oneof(
  string({ minLength: 8, maxLength: 40 }),
  string({ minLength: 8, maxLength: 40, unit: 'grapheme' }),
  string({ minLength: 8, maxLength: 40, unit: constantFrom(...'&<>"\'\\/?#%+ =_*`|~[]{}$-.:@aZ0é\n') }),
).filter((text) => text.trim().length >= 8 && text.isWellFormed());

async function leaks(captured: boolean): Promise<string[]> {
  // Masked as a capture it would be safe, whatever became of the variable.
  grant = captured ? secret : 'of no worth';
  const { masked, ...result } = await runMain('smoke-test', (run) => main(run, { random: () => 0 }), {
    inputs: { 'base-url': service.url, tests: 'smoke.yml', 'warm-up': '0s' },
    files: { 'smoke.yml': captured ? TESTS.replaceAll('${API_KEY}', 'x') : TESTS },
    env: captured ? {} : { API_KEY: secret },
  });
  expect(result.exitCode).toBe(1);
  const echoed = ECHOES[echo](secret)
    .replace(/^.*?(?:<p>|next=|example\/|Basic |unknown key )/s, '')
    .replace(/<\/p>$|"\}$/s, '');
  const shown = [
    ...result.lines,
    ...result.debug,
    ...result.annotations.flatMap(({ message, hint = '', title = '' }) => [message, hint, title]),
    result.summary,
    ...Object.values(result.outputs),
    result.outputs.report === undefined ? '' : everyText(JSON.parse(result.outputs.report)),
  ].join('\n');
  return [secret, secret.trim(), encodeURIComponent(secret), encodeURI(secret), echoed].filter(
    (form) => form.length >= 8 && shown.includes(form),
  );
}

function everyText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? Object.values(value).map(everyText).join('\n') : '';
}

it.each([
  ['an environment variable', false],
  ['a capture', true],
])('M06 no secret of %s is shown, whatever the server makes of it', { timeout: 120_000 }, async (_, captured) => {
  const echoes = constantFrom(...(Object.keys(ECHOES) as (keyof typeof ECHOES)[]));
  await assert(
    asyncProperty(secrets, echoes, constantFrom(true, false), async (...drawn) => {
      [secret, echo, redirect] = drawn;
      expect(await leaks(captured)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
