import { httpClient } from '@delivery-actions/http';
import { type Exchange, listen, pushImage, startRegistry } from '@delivery-actions/stand-ins';
import { manualClock } from '@delivery-actions/testkit';
import { deadline } from '@delivery-actions/waiting';
import { describe, expect, it } from 'vitest';
import { type CredentialStore, ociRegistry, parseImageName, RegistryFailure } from '../../src/index.ts';

const PASSWORD: CredentialStore = async () => ({
  ...{ kind: 'password', username: 'deployer', password: 'correct horse' },
  source: 'the test',
});
const DIGEST = `sha256:${'a'.repeat(64)}`;
const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A registry that answers as it likes. */
async function answering(answer: (exchange: Exchange) => void) {
  const seen: string[] = [];
  const server = await listen((exchange) => {
    seen.push(`${exchange.method} ${exchange.url.pathname} ${exchange.headers.authorization ?? '-'}`);
    answer(exchange);
  });
  const { host } = new URL(server.url);
  return { ...server, host, seen, name: parseImageName(`${host}/app`) };
}

async function message(answer: Promise<unknown>): Promise<string> {
  const error: unknown = await answer.then(
    (value) => new Error(`there was an answer: ${JSON.stringify(value)}`),
    (thrown) => thrown,
  );
  if (error instanceof RegistryFailure) return `${error.kind}: ${error.message}`;
  throw error;
}

const client = (credentials?: CredentialStore) =>
  ociRegistry({ http: httpClient({ wait: async () => {} }), ...(credentials === undefined ? {} : { credentials }) });

describe('a registry that is not to be believed', () => {
  it('calls a manifest by the digest of another one', async () => {
    await using registry = await answering(({ method, response }) => {
      if (method === 'HEAD') response.writeHead(405).end();
      else response.writeHead(200, { 'docker-content-digest': DIGEST }).end();
    });
    expect(await message(client().digest({ ...registry.name, tag: 'v1' }))).toBe(
      `bad-answer: ${registry.host} answered other content than ${registry.host}/app:v1, which it calls ${DIGEST}: its digest is ${EMPTY}`,
    );
  });

  it('answers a digest with other content, whatever its header says', async () => {
    await using registry = await answering(({ response }) => {
      response.writeHead(200, { 'docker-content-digest': DIGEST }).end('{}');
    });
    expect(await message(client().images(registry.name, DIGEST))).toBe(
      `bad-answer: ${registry.host} answered other content than ${registry.host}/app@${DIGEST}: its digest is sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`,
    );
  });

  it('answers a configuration that is not the one of the manifest', async () => {
    await using real = await startRegistry();
    const digest = await pushImage(real.url, 'app', 'v1', { files: {} });
    const manifest = await (
      await fetch(`${real.url}/v2/app/manifests/${digest}`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      })
    ).text();
    await using registry = await answering(({ url, response }) => {
      response.writeHead(200).end(url.pathname.includes('/blobs/') ? '{"config":{"Labels":{}}}' : manifest);
    });
    expect(await message(client().images(registry.name, digest))).toMatch(
      /^bad-answer: 127\.0\.0\.1:\d+ answered other content than 127\.0\.0\.1:\d+\/app@sha256:[a-f0-9]{64}: its digest is /,
    );
  });

  it('answers a manifest of 10 MB', async () => {
    await using registry = await answering(({ method, response }) => {
      response.writeHead(200).end(method === 'HEAD' ? undefined : Buffer.alloc(10 * 1024 * 1024, 'x'));
    });
    const text = `bad-answer: ${registry.host}/app cannot be looked up: ${registry.host} answered with more than 4194304 bytes`;
    expect(await message(client().digest({ ...registry.name, tag: 'v1' }))).toBe(text);
    expect(await message(client().images(registry.name, DIGEST))).toBe(text);
    expect(await message(client().tags(registry.name))).toBe(text);
  });

  it('begins a manifest and never ends it: the deadline does', async () => {
    const clock = manualClock();
    using end = deadline(clock, 60_000);
    await using registry = await answering(({ response }) => {
      response.writeHead(200).write('{');
      setImmediate(() => void clock.advance(60_000));
    });
    const asking = ociRegistry({ http: httpClient({ signal: end.signal }) });
    expect(await message(asking.images(registry.name, DIGEST))).toBe(
      `unreachable: ${registry.host}/app cannot be looked up: ${registry.host} did not answer in time`,
    );
  });

  it('sends its clients elsewhere with nothing but the request: credentials stay', async () => {
    await using thief = await answering(({ response }) => void response.writeHead(401).end());
    await using registry = await answering(({ headers, response }) => {
      if (headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else response.writeHead(307, { location: `${thief.url}/stolen` }).end();
    });
    expect(await message(client(PASSWORD).images(registry.name, DIGEST))).toBe(
      `bad-answer: ${registry.host} redirected to ${thief.host}, which answered 401 for ${registry.host}/app@${DIGEST}; credentials for ${registry.host} were not sent there`,
    );
    expect(thief.seen).toEqual(['GET /stolen -']);
  });

  it('sends its clients to a host that asks for their credentials: it gets none, nor does its token service', async () => {
    await using thief = await answering(({ headers, response }) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${headers.host}/token"` }).end();
    });
    await using registry = await answering(({ response }) => {
      response.writeHead(307, { location: `${thief.url}/v2/app/tags/list` }).end();
    });
    expect(await message(client(PASSWORD).tags(registry.name))).toContain(
      `redirected to ${thief.host}, which answered 401`,
    );
    expect(thief.seen).toEqual(['GET /v2/app/tags/list -']);
  });

  it('sends its clients round in circles, or to no address', async () => {
    await using registry = await answering(({ url, response }) => {
      response.writeHead(307, { location: url.pathname.includes('loop') ? url.pathname : 'http://' }).end();
    });
    const of = (name: string) => client().tags(parseImageName(`${registry.host}/${name}`));
    expect(await message(of('loop'))).toContain('redirected more than 3 times');
    expect(await message(of('nowhere'))).toContain('redirected to something that is no URL');
  });

  it('sends its clients to a token service that redirects: no credentials go there', async () => {
    await using thief = await answering(({ response }) => void response.writeHead(200).end('{"token":"x"}'));
    await using realm = await answering(({ response }) => void response.writeHead(302, { location: thief.url }).end());
    await using registry = await answering(({ response }) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm.url}/token"` }).end();
    });
    expect(await message(client(PASSWORD).tags(registry.name))).toBe(
      `bad-answer: ${realm.host} answered 302 instead of a token for ${registry.host}/app: a redirect, to which no credentials are sent`,
    );
    expect(thief.seen).toEqual([]);
  });

  it('names the next page of its tags on another host: it is asked for where the first was', async () => {
    await using thief = await answering(({ response }) => void response.writeHead(200).end('{"tags":["stolen"]}'));
    await using registry = await answering(({ url, response }) => {
      const more = url.searchParams.get('last') === null;
      const link = more ? { link: `<${thief.url}/v2/app/tags/list?last=a&n=1>; rel="next"` } : {};
      response.writeHead(200, link).end(JSON.stringify({ tags: [more ? 'a' : 'b', '../evil', 7] }));
    });
    expect(await client().tags(registry.name)).toEqual(['a', 'b']);
    expect(thief.seen).toEqual([]);
  });

  it('has pages of tags without an end', async () => {
    await using registry = await answering(({ response }) => {
      response.writeHead(200, { link: '</v2/app/tags/list?last=a>; rel="next"' }).end('{"tags":["a"]}');
    });
    expect(await message(client().tags(registry.name))).toBe(
      `bad-answer: ${registry.host} has more than 100 pages of tags for ${registry.host}/app`,
    );
  });

  it.each([
    ['[]', 'it is no JSON object'],
    ['{}', 'it has no configuration'],
    ['{"config":{"digest":"latest"}}', 'it has no configuration'],
    ['{"manifests":[{"digest":"sha256:0"}]}', 'its index names a manifest without a digest'],
    [JSON.stringify({ manifests: Array(201).fill({ digest: DIGEST }) }), 'its index has 201 manifests'],
  ])('answers %.40s', async (body, why) => {
    const { createHash } = await import('node:crypto');
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    await using registry = await answering(({ response }) => void response.writeHead(200).end(body));
    expect(await message(client().images(registry.name, digest))).toBe(
      `bad-answer: ${registry.host}/app@${digest} is not an image: ${why}`,
    );
  });
});

describe('a token service that knows GET alone', () => {
  it.each([401, 404, 405])('answers %i to a refresh token and gets it as a password', async (status) => {
    const identityToken = 'refresh-me';
    await using registry = await startRegistry();
    const pushed = await pushImage(registry.url, 'app', 'v1', { files: {} });
    registry.behaviour.access = { kind: 'token', login: { username: 'u', password: 'p' }, identityToken };
    registry.failNext({ status, of: /^POST \/token/ });
    const identity: CredentialStore = async () => ({
      ...{ kind: 'identity-token', token: identityToken, source: 'the test' },
    });
    const name = parseImageName(`${registry.host}/app`);
    expect(await client(identity).digest({ ...name, tag: 'v1' })).toBe(pushed);
    const basic = registry.requests.find(({ method, path }) => method === 'GET' && path.startsWith('/token'));
    expect(basic?.headers.authorization).toBe(`Basic ${Buffer.from(`<token>:${identityToken}`).toString('base64')}`);
  });
});

describe('a registry that has had too many requests', () => {
  it('is asked again when it says, also for the token', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry.url, 'app', 'v1', { files: {} });
    registry.behaviour.access = {
      ...{ kind: 'token', login: { username: 'u', password: 'p' }, anonymousPull: true },
    };
    registry.failNext({ status: 429, headers: { 'retry-after': '7' }, of: /token/ });
    registry.failNext({ status: 429, headers: { 'retry-after': '9' }, of: /tags/ });
    const pauses: number[] = [];
    const http = httpClient({
      wait: async (milliseconds) => {
        pauses.push(milliseconds);
      },
    });
    const asking = ociRegistry({ http });
    const name = parseImageName(`${registry.host}/app`);
    expect(await asking.digest({ ...name, tag: 'v1' })).toBe(pushed);
    expect(await asking.tags(name)).toEqual(['v1']);
    expect(pauses).toEqual([7_000, 9_000]);
  });
});
