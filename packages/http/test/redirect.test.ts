import type { IncomingHttpHeaders } from 'node:http';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { httpClient } from '../src/index.ts';
import { redirected } from '../src/redirect.ts';
import { failing, httpServer } from './loopback.ts';

beforeEach(() => {
  for (const name of ['http_proxy', 'all_proxy', 'HTTP_PROXY', 'ALL_PROXY']) vi.stubEnv(name, '');
});

const client = httpClient();

it('M01 a redirect is the answer unless following is asked for', async () => {
  await using server = await httpServer((_, response) => response.writeHead(302, { location: '/login' }).end());
  const answer = await client.request({ url: server.url });
  expect(answer.status).toBe(302);
  expect(answer.headers.location).toBe('/login');
});

it('is followed as often as asked for, and not once more', async () => {
  await using server = await httpServer((request, response) => {
    const number = Number(request.url?.slice(1));
    if (number === 3) response.end('there');
    else response.writeHead(302, { location: `/${number + 1}` }).end();
  });
  const answer = await client.request({ url: `${server.url}/0`, redirects: 3 });
  expect(answer.text).toBe('there');
  expect(answer.url).toBe(`${server.url}/3`);
  expect(answer.redirects).toEqual([1, 2, 3].map((number) => `${server.url}/${number}`));
  expect(await failing(client.request({ url: `${server.url}/0`, redirects: 2 }))).toEqual({
    kind: 'too-many-redirects',
    message: `127.0.0.1:${server.port} redirected more than 2 times`,
    sent: true,
  });
  await vi.waitUntil(() => server.open() === 0);
});

describe('M10 credentials', () => {
  it('M10 stay at their origin, also when they come back to it', async () => {
    const seen: IncomingHttpHeaders[] = [];
    await using elsewhere = await httpServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(302, { location: `${home.url}/back` }).end();
    });
    await using home = await httpServer((request, response) => {
      if (request.url === '/back') {
        seen.push(request.headers);
        response.end('ok');
      } else response.writeHead(302, { location: elsewhere.url }).end();
    });
    const headers = { Authorization: 'Bearer t', Cookie: 'a=1', 'X-Api-Key': 'k', 'X-Team-Key': 'k', accept: 'a/b' };
    const answer = await client.request({ url: home.url, redirects: 5, headers, credentialHeaders: ['x-team-key'] });
    expect(answer.text).toBe('ok');
    expect(seen.length).toBe(2);
    for (const { authorization, cookie, accept, ...rest } of seen) {
      expect({ authorization, cookie, key: rest['x-api-key'], team: rest['x-team-key'] }).toEqual({});
      expect(accept).toBe('a/b');
    }
  });

  it('M10 go along within one origin', async () => {
    const seen: (string | undefined)[] = [];
    await using server = await httpServer((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/') response.writeHead(307, { location: '/there' }).end();
      else response.end();
    });
    await client.request({ url: server.url, redirects: 1, headers: { authorization: 'Bearer t' } });
    expect(seen).toEqual(['Bearer t', 'Bearer t']);
  });
});

describe('method and body (Fetch standard, HTTP-redirect fetch)', () => {
  const from = new URL('https://a.example/x');
  const post = {
    url: from,
    method: 'POST',
    body: '{}',
    headers: { 'Content-Type': 'application/json', accept: '*/*' },
  };
  const follow = (request: Parameters<typeof redirected>[0], status: number, location = '/y') =>
    redirected(request, from, { status, headers: { location } });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [302, 'post', 'GET'],
  ])('%i after %s becomes %s', (status, method, expected) => {
    const next = follow({ ...post, method }, status);
    expect(next?.method).toBe(expected);
    const changed = expected === 'GET';
    expect(next?.body).toBe(changed ? undefined : '{}');
    if (changed) expect(next?.headers).toEqual({ accept: '*/*' });
  });

  it('other answers are no redirects', () => {
    expect(follow(post, 304)).toBeUndefined();
    expect(follow(post, 200)).toBeUndefined();
    expect(redirected(post, from, { status: 302, headers: {} })).toBeUndefined();
  });

  it('away from https, or to no address of HTTP, is refused', () => {
    expect(() => follow(post, 302, 'http://a.example/y')).toThrow(
      'a.example redirected from https to http://a.example, which is not followed',
    );
    expect(() => follow(post, 302, 'javascript:alert(1)')).toThrow('which is not followed');
    expect(() => follow(post, 302, 'https://')).toThrow('a.example redirected to something that is no URL');
  });
});
