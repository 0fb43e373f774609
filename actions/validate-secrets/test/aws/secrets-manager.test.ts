import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  listen,
  type SecretsManagerOptions,
  type SecretsManagerStandIn,
  type StandIn,
  sendJson,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSecretId } from '../../src/aws/secret-id.ts';
import { secretsManager } from '../../src/aws/secrets-manager.ts';

const NAMES = (count: number) => Array.from({ length: count }, (_, index) => `checkout/${index}`);

let standIn: SecretsManagerStandIn;

async function start(options: SecretsManagerOptions = {}): Promise<void> {
  standIn = await startSecretsManager(options);
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', standIn.url);
}

/** The SDK reads the environment of the process itself, so that is set here, and nothing of this machine's is left. */
beforeEach(async () => {
  for (const name of Object.keys(process.env).filter((each) => /^AWS_/.test(each))) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret-key');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await standIn.close();
});

/** Nobody gets an answer before that many wait for one, so it does not hang on how fast they come. */
async function answersOnceThereAre(many: number): Promise<StandIn & { readonly peak: number }> {
  const waiting: ServerResponse[] = [];
  let crowded = false;
  let open = 0;
  let peak = 0;
  const server = await listen(async ({ response }) => {
    open += 1;
    peak = Math.max(peak, open);
    waiting.push(response);
    crowded ||= waiting.length === many;
    if (!crowded) return;
    // Time for one more than there may be.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    for (const each of waiting.splice(0)) {
      open -= 1;
      sendJson(each, 400, { __type: 'ResourceNotFoundException' }, { 'content-type': 'application/x-amz-json-1.1' });
    }
  });
  return Object.defineProperty({ ...server, peak }, 'peak', { get: () => peak });
}

interface Circumstances {
  readonly region?: string | undefined;
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
}

async function ask(
  ids: readonly string[],
  { region, env = {}, signal = new AbortController().signal }: Circumstances = {},
) {
  const masked: string[] = [];
  const debug: string[] = [];
  using store = await secretsManager(
    { env, mask: (value) => masked.push(value), debug: (line) => debug.push(line) },
    { region, concurrency: 10 },
  );
  return { answers: await store.describe(ids.map(parseSecretId), signal), masked, debug };
}

describe('how it asks', () => {
  it('asks at most 10 at a time, and answers in the order of the question', async () => {
    await start();
    await using crowd = await answersOnceThereAre(10);
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', crowd.url);
    const names = NAMES(35);
    const { answers } = await ask(names, { region: 'eu-west-1' });
    expect(crowd.peak).toBe(10);
    expect(answers.map(({ secret }) => secret.id)).toEqual(names);
  });

  it('S07 a burst that is throttled is answered all the same', async () => {
    await start({ throttledFirst: 2 });
    const names = NAMES(10);
    for (const name of names) standIn.secrets('eu-west-1').create(name);
    const { answers } = await ask(names, { region: 'eu-west-1' });
    expect(answers.filter(({ result }) => !('arn' in result))).toEqual([]);
    expect(standIn.requests).toHaveLength(30);
  });

  it('S03 an ARN is asked in its own region, a name in the given one', async () => {
    await start();
    const { arn } = standIn.secrets('us-east-1').create('far');
    standIn.secrets('eu-west-1').create('near');
    const { answers } = await ask([arn, 'near'], { region: 'eu-west-1' });
    expect(answers).toMatchObject([
      { region: 'us-east-1', result: { arn, stages: [] } },
      { region: 'eu-west-1', result: { stages: [] } },
    ]);
  });

  it('without a region asks in the one of the shared config', async () => {
    await start();
    const config = join(mkdtempSync(join(tmpdir(), 'aws-')), 'config');
    writeFileSync(config, '[default]\nregion = eu-central-1\n');
    vi.stubEnv('AWS_CONFIG_FILE', config);
    const { answers } = await ask(['checkout/db']);
    expect(answers).toMatchObject([{ region: 'eu-central-1', result: { name: 'ResourceNotFoundException' } }]);
  });

  it('S22 without any region asks nothing', async () => {
    await start();
    const { answers } = await ask(['checkout/db']);
    expect(answers).toMatchObject([{ region: undefined, result: { during: 'region' } }]);
    expect(standIn.requests).toEqual([]);
  });

  it('goes through the proxy of the environment, unless NO_PROXY names the host', async () => {
    await start();
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', 'http://secretsmanager.invalid');
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    const proxied = await ask(['checkout/db'], { region: 'eu-west-1', env: { HTTP_PROXY: standIn.url } });
    expect(proxied.answers).toMatchObject([{ result: { name: 'ResourceNotFoundException' } }]);
    const env = { HTTP_PROXY: standIn.url, NO_PROXY: 'secretsmanager.invalid' };
    const direct = await ask(['checkout/db'], { region: 'eu-west-1', env });
    expect(direct.answers).toMatchObject([
      { result: { during: 'request', code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) } },
    ]);
    expect(standIn.requests).toHaveLength(1);
  });

  it('tunnels to the real endpoint of the region through HTTPS_PROXY', async () => {
    await start();
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', undefined);
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
    const tunnels: string[] = [];
    const proxy = createServer().on('connect', ({ url = '' }, socket) => {
      tunnels.push(url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const { answers } = await ask(['checkout/db'], { region: 'eu-west-1', env });
    proxy.close();
    expect(tunnels).toEqual(['secretsmanager.eu-west-1.amazonaws.com:443']);
    expect(answers).toMatchObject([{ result: { during: 'request', code: 'ERR_PROXY_TUNNEL' } }]);
  });
});

describe('values', () => {
  it('S13 an answer that was cut short is not quoted', async () => {
    await start();
    const body = '{"SecretString":"hunter2-and-more';
    await using server = await listen(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
    });
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.url);
    const debug: string[] = [];
    using store = await secretsManager(
      { env: {}, mask: () => {}, debug: (line) => debug.push(line) },
      { region: 'eu-west-1', concurrency: 10 },
    );
    const wanted = [{ secret: parseSecretId('checkout/db'), keys: ['apiKey'], notPlaceholder: false }];
    const found = await store.lookInto(wanted, new AbortController().signal);
    expect(found).toMatchObject([{ during: 'request', message: '' }]);
    expect(JSON.stringify([found, debug])).not.toMatch(/hunter|SecretStr/);
  });

  it('are asked for at most as many at a time as allowed', async () => {
    await start({ delay: 10 });
    using store = await secretsManager(
      { env: {}, mask: () => {}, debug: () => {} },
      { region: 'eu-west-1', concurrency: 3 },
    );
    const wanted = NAMES(10).map((name) => ({ secret: parseSecretId(name), keys: ['apiKey'], notPlaceholder: false }));
    await store.lookInto(wanted, new AbortController().signal);
    expect(standIn.peak).toBe(3);
  });
});

describe('credentials', () => {
  it('are searched for once, for all regions', async () => {
    await start();
    let searches = 0;
    await using provider = await listen(({ response }) => {
      searches += 1;
      sendJson(response, 200, {
        AccessKeyId: 'ASIAEXAMPLE',
        SecretAccessKey: 'k',
        Token: 't',
        Expiration: '2099-01-01T00:00:00Z',
      });
    });
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', provider.url);
    const far = standIn.secrets('us-east-1').create('far').arn;
    await ask([far, ...NAMES(12)], { region: 'eu-west-1' });
    expect(standIn.requests).toHaveLength(13);
    expect(standIn.requests).toMatchObject(standIn.requests.map(() => ({ accessKeyId: 'ASIAEXAMPLE' })));
    expect(searches).toBe(1);
  });

  it('S22 that are not there are the answer to everything', async () => {
    await start();
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    const { answers } = await ask(NAMES(12), { region: 'eu-west-1' });
    expect(answers).toHaveLength(12);
    for (const { result } of answers)
      expect(result).toMatchObject({ during: 'credentials', name: 'CredentialsProviderError' });
    expect(standIn.requests).toEqual([]);
  });

  it('are masked', async () => {
    await start();
    const env = { AWS_SECRET_ACCESS_KEY: 'a-secret-key', AWS_SESSION_TOKEN: 'a-session-token' };
    expect((await ask(['x'], { region: 'eu-west-1', env })).masked).toEqual(['a-secret-key', 'a-session-token']);
  });
});

describe('the end', () => {
  it('is an AbortError for all that had no answer when the signal is aborted', async () => {
    await start({ delay: Infinity });
    const cancel = new AbortController();
    const asking = ask(NAMES(12), { region: 'eu-west-1', signal: cancel.signal });
    await vi.waitUntil(() => standIn.peak === 10, { interval: 1 });
    cancel.abort();
    expect((await asking).answers.map(({ result }) => 'name' in result && result.name)).toEqual(
      NAMES(12).map(() => 'AbortError'),
    );
    expect(standIn.peak).toBe(10);
  });

  it('leaves no connection open', async () => {
    await start();
    const sockets = new Set<object>();
    await using server = await listen(({ request, response }) => {
      sockets.add(request.socket);
      request.socket.once('close', () => sockets.delete(request.socket));
      sendJson(response, 400, { __type: 'ResourceNotFoundException' });
    });
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.url);
    const store = await secretsManager(
      { env: {}, mask: () => {}, debug: () => {} },
      { region: 'eu-west-1', concurrency: 10 },
    );
    await store.describe([parseSecretId('checkout/db')], new AbortController().signal);
    expect(sockets.size).toBe(1);
    store[Symbol.dispose]();
    await vi.waitUntil(() => sockets.size === 0, { interval: 1 });
  });
});
