import { httpClient } from '@delivery-actions/http';
import { listen, pushImage, pushIndex, type RegistryStandIn, startRegistry } from '@delivery-actions/stand-ins';
import { describe, expect, it } from 'vitest';
import { type CredentialStore, ociRegistry, parseReference, RegistryFailure } from '../../src/index.ts';

const LOGIN = { username: 'deployer', password: 'correct horse' };
const PASSWORD: CredentialStore = async () => ({ kind: 'password', ...LOGIN, source: 'the test' });
const files = { 'app/server.js': '' };

function digest(
  registry: Pick<RegistryStandIn, 'host'>,
  image: string,
  credentials?: CredentialStore,
  mask = (_: string) => {},
) {
  const http = httpClient({ wait: async () => {} });
  const options = credentials === undefined ? { http, mask } : { http, credentials, mask };
  return ociRegistry(options).digest(parseReference(`${registry.host}/${image}`));
}

async function failure(answer: Promise<unknown>): Promise<Pick<RegistryFailure, 'kind' | 'message' | 'hint'>> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof RegistryFailure) return { kind: error.kind, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('there was no failure');
}

function asked(registry: RegistryStandIn): string[] {
  return registry.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
}

describe('the digest of a tag', () => {
  it('is asked for by one HEAD that knows all four types of manifests', async () => {
    await using registry = await startRegistry();
    const pushed = await pushIndex(registry.url, 'acme/app', 'v1', [{ files, platform: 'linux/amd64' }]);
    const before = registry.requests.length;
    expect(await digest(registry, 'acme/app:v1')).toBe(pushed);
    expect(asked(registry).slice(before)).toEqual(['HEAD /v2/acme/app/manifests/v1']);
    expect(registry.requests.at(-1)?.headers.accept?.split(', ')).toHaveLength(4);
    expect(registry.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('is latest without a tag, and no question with a digest', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry.url, 'app', 'latest', { files });
    expect(await digest(registry, 'app')).toBe(pushed);
    const before = registry.requests.length;
    expect(await digest(registry, `app:v9@${pushed}`)).toBe(pushed);
    expect(registry.requests).toHaveLength(before);
  });

  it('is the sha256 of the manifest where the registry does not name it, or does not answer HEAD', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry.url, 'app', 'v1', { files });
    registry.behaviour.withoutDigestHeader = true;
    expect(await digest(registry, 'app:v1')).toBe(pushed);
    expect(asked(registry).slice(-2)).toEqual(['HEAD /v2/app/manifests/v1', 'GET /v2/app/manifests/v1']);
    registry.behaviour.withoutDigestHeader = false;
    registry.failNext({ status: 405, of: /^HEAD/ });
    expect(await digest(registry, 'app:v1')).toBe(pushed);
  });

  it('comes after a pause when the registry has had too many requests', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry.url, 'app', 'v1', { files });
    registry.failNext({ status: 429, headers: { 'retry-after': '1' }, times: 2 });
    expect(await digest(registry, 'app:v1')).toBe(pushed);
    registry.failNext({ status: 429, headers: { 'retry-after': '60' }, times: 9 });
    expect(await failure(digest(registry, 'app:v1'))).toMatchObject({
      kind: 'too-many-requests',
      message: `${registry.host} has had too many requests and does not show ${registry.host}/app:v1 now (429, to be asked again in 60s)`,
    });
  });
});

describe('who asks', () => {
  it('gets a token as anybody where anybody may pull', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry.url, 'acme/app', 'v1', { files });
    registry.behaviour.access = { kind: 'token', login: LOGIN, anonymousPull: true };
    const secrets: string[] = [];
    expect(await digest(registry, 'acme/app:v1', undefined, (secret) => secrets.push(secret))).toBe(pushed);
    expect(registry.requests.at(-2)?.path).toBe('/token?service=registry.example&scope=repository%3Aacme%2Fapp%3Apull');
    expect(registry.requests.at(-1)?.headers.authorization).toBe(`Bearer ${secrets[0]}`);
  });

  it('gets a token with a password, and one with an identity token', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry.url, 'acme/app', 'v1', { files });
    registry.behaviour.access = { kind: 'token', login: LOGIN, identityToken: 'refresh-me' };
    expect(await digest(registry, 'acme/app:v1', PASSWORD)).toBe(pushed);
    const identity: CredentialStore = async () => ({ kind: 'identity-token', token: 'refresh-me', source: 'the test' });
    expect(await digest(registry, 'acme/app:v1', identity)).toBe(pushed);
    expect(asked(registry).slice(-2)).toEqual(['POST /token', 'HEAD /v2/acme/app/manifests/v1']);
  });

  it('is known by name and password where the registry asks for Basic', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry.url, 'acme/app', 'v1', { files });
    registry.behaviour.access = { kind: 'basic', login: LOGIN };
    expect(await digest(registry, 'acme/app:v1', PASSWORD)).toBe(pushed);
  });

  it('logs in once for all questions about a repository, asked at one time or one after another', async () => {
    await using registry = await startRegistry();
    for (const tag of ['v1', 'v2', 'v3']) await pushImage(registry.url, 'acme/app', tag, { files });
    registry.behaviour.access = { kind: 'token', login: LOGIN };
    const client = ociRegistry({ http: httpClient(), credentials: PASSWORD });
    const ask = (tag: string) => client.digest(parseReference(`${registry.host}/acme/app:${tag}`));
    const [one, two] = await Promise.all([ask('v1'), ask('v2')]);
    expect([one, await ask('v3')]).toEqual([two, two]);
    expect(asked(registry).filter((each) => each === 'GET /token')).toHaveLength(1);
  });

  it.each(['token', 'basic'] as const)('is told when the registry wants to know (%s)', async (kind) => {
    await using registry = await startRegistry({ access: { kind, login: LOGIN } });
    expect(await failure(digest(registry, 'acme/app:v1'))).toEqual({
      kind: 'credentials-wanted',
      message:
        kind === 'token'
          ? `${registry.host} gives no token for ${registry.host}/acme/app without credentials (401)`
          : `${registry.host} does not show ${registry.host}/acme/app:v1 without credentials that it knows (401)`,
      hint: `log in before this step, with docker/login-action (registry: ${registry.host}) or: docker login ${registry.host}`,
    });
    const wrong: CredentialStore = async () => ({
      kind: 'password',
      username: 'u',
      password: 'wrong',
      source: 'the test',
    });
    const refused = await failure(digest(registry, 'acme/app:v1', wrong));
    expect(refused.kind).toBe(kind === 'token' ? 'denied' : 'credentials-wanted');
    expect(refused.message).not.toContain('wrong');
  });
});

describe('what is wrong', () => {
  it('is named: no such tag, nothing listens, no registry', async () => {
    await using registry = await startRegistry();
    expect(await failure(digest(registry, 'acme/app:v1'))).toMatchObject({
      kind: 'not-found',
      message: `${registry.host}/acme/app:v1 does not exist: ${registry.host} knows no such repository or tag (404)`,
    });
    registry.failNext({ status: 403 });
    expect((await failure(digest(registry, 'app:v1'))).kind).toBe('denied');
    registry.failNext({ status: 500 });
    expect((await failure(digest(registry, 'app:v1'))).message).toBe(
      `${registry.host} answered 500 for ${registry.host}/app:v1`,
    );
    await registry.close();
    expect(await failure(digest(registry, 'app:v1'))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(
        /^127\.0\.0\.1:\d+\/app cannot be looked up: 127\.0\.0\.1:\d+ refused the connection/,
      ),
    });
  });

  /** A registry whose 401 sends its clients to that realm. */
  async function sendingTo(realm: string) {
    const server = await listen(({ response }) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end();
    });
    return { ...server, host: new URL(server.url).host };
  }

  it.each([
    ['http://auth.example/token', 'auth.example for a token, and not by https'],
    ['https://169.254.169.254/latest/meta-data', '169.254.169.254 for a token, an address inside of a private network'],
    ['https://10.0.0.7/token', '10.0.0.7 for a token, an address inside of a private network'],
    ['https://[fd00::1]/token', '[fd00::1] for a token, an address inside of a private network'],
    ['file:///etc/passwd', ' for a token, and not by https'],
    ['token', 'no address for a token, which is not a URL'],
    ['https://auth.example/token', 'auth.example for a token, which is not on this machine, as the registry is'],
    ['https://u:p@auth.example/token', 'auth.example for a token, with a user name in the address'],
  ])('credentials do not go to the realm %s', async (realm, expected) => {
    await using registry = await sendingTo(realm);
    const { kind, message } = await failure(digest(registry, 'app:v1', PASSWORD));
    expect(kind).toBe('bad-answer');
    expect(message).toBe(`${registry.host} sends its clients to ${expected}`);
  });

  it('credentials do not follow a redirect of the token service', async () => {
    const seen: (string | undefined)[] = [];
    await using thief = await listen(({ headers, response }) => {
      seen.push(headers.authorization);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"x"}');
    });
    await using realm = await listen(({ response }) => void response.writeHead(302, { location: thief.url }).end());
    await using registry = await sendingTo(`${realm.url}/token`);
    expect((await failure(digest(registry, 'app:v1', PASSWORD))).message).toContain('answered 302 instead of a token');
    expect(seen).toEqual([]);
  });

  it('a token does not follow a redirect of a manifest to another host', async () => {
    const seen: (string | undefined)[] = [];
    const content = `sha256:${'b'.repeat(64)}`;
    await using blobs = await listen(({ headers, response }) => {
      seen.push(headers.authorization);
      response.writeHead(200, { 'docker-content-digest': content }).end();
    });
    await using server = await listen(({ headers, response }) => {
      const known = headers.authorization !== undefined;
      const basic = { 'www-authenticate': 'Basic realm="x"' };
      response.writeHead(known ? 307 : 401, known ? { location: `${blobs.url}/manifest` } : basic).end();
    });
    expect(await digest({ host: new URL(server.url).host }, 'app:v1', PASSWORD)).toBe(content);
    expect(seen).toEqual([undefined]);
  });

  it('a token service that answers no token, or something without an end', async () => {
    for (const body of ['{}', '[]', '{"token":"two words"}', 'x'.repeat(100_000)]) {
      await using realm = await listen(({ response }) => void response.writeHead(200).end(body));
      await using registry = await sendingTo(`${realm.url}/token`);
      expect((await failure(digest(registry, 'app:v1'))).kind).toBe('bad-answer');
    }
  });
});
