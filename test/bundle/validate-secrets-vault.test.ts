import { createSign, generateKeyPairSync } from 'node:crypto';
import {
  listen,
  type StandIn,
  sendJson,
  serverCertificate,
  startVault,
  type VaultOptions,
  type VaultStandIn,
} from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const open: StandIn[] = [];
afterEach(async () => {
  for (const standIn of open.splice(0)) await standIn.close();
});

const VALUE = 'postgres://checkout:p4ssw0rd@db';

type Call = (method: string, path: string, body?: object, namespace?: string) => Promise<Record<string, never>>;

/** A Vault with a KV 2 mount `kv` and these secrets in it; `call` is the administrator's. */
async function vault(
  paths: readonly string[] = [],
  options: VaultOptions = {},
): Promise<{ standIn: VaultStandIn; call: Call }> {
  const standIn = await startVault(options);
  open.push(standIn);
  const call: Call = async (method, path, body, namespace) => {
    const headers = { 'x-vault-token': 'root', ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }) };
    const answer = await fetch(`${standIn.url}/v1/${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return text === '' ? {} : JSON.parse(text);
  };
  await call('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } });
  for (const path of paths) await call('POST', `kv/data/${path}`, { data: { url: VALUE, user: 'checkout' } });
  return { standIn, call };
}

/** A token with one policy, `ci`. */
async function token(call: Call, hcl: string, more: object = {}): Promise<string> {
  await call('PUT', 'sys/policies/acl/ci', { policy: hcl });
  const made = await call('POST', 'auth/token/create', { policies: ['ci'], id: 'hvs.CAESIJtoken-of-ci', ...more });
  return (made['auth'] as { client_token: string } | undefined)?.client_token ?? '';
}

function check(
  { url }: StandIn,
  secrets: readonly string[],
  {
    env = {},
    inputs = {},
    ...more
  }: { env?: Record<string, string>; inputs?: Record<string, string>; files?: Record<string, string> } = {},
) {
  return runBundle('validate-secrets', {
    inputs: { secrets: secrets.join('\n'), ...inputs },
    env: { VAULT_ADDR: url, VAULT_TOKEN: 'root', ...env },
    ...more,
  });
}

function manifest(line: string, policy: string) {
  return {
    inputs: { secrets: '', manifest: 'secrets.yml', environment: 'staging' },
    files: { 'secrets.yml': `environments:\n  staging:\n    - { secret: "${line}", policy: ${policy} }\n` },
  };
}

describe('validate-secrets, Vault', () => {
  it('finds secrets by their metadata, and reads no value', async () => {
    const { standIn } = await vault(['checkout/staging', 'checkout/mail']);
    const result = await check(standIn, ['vault:kv/checkout/staging', 'vault:kv/checkout/mail']);
    expect(result.exitCode).toBe(0);
    expect(result.lines.slice(1)).toEqual([
      'vault:kv/checkout/mail     [EXISTS]',
      'vault:kv/checkout/staging  [EXISTS]',
      '2/2 secrets are usable',
    ]);
    const asked = standIn.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
    expect(asked.sort()).toEqual([
      'kv/metadata/checkout/mail',
      'kv/metadata/checkout/staging',
      'sys/internal/ui/mounts/kv/checkout/mail',
    ]);
  });

  it('S18 a version that is deleted is DELETING, one that is destroyed or was never put is NO-VALUE, each with its way out', async () => {
    const { standIn, call } = await vault(['app/deleted', 'app/destroyed', 'app/fine']);
    for (const name of ['deleted', 'destroyed']) await call('POST', `kv/data/app/${name}`, { data: { url: VALUE } });
    await call('DELETE', 'kv/data/app/deleted');
    await call('PUT', 'kv/destroy/app/destroyed', { versions: [2] });
    await call('POST', 'kv/metadata/app/empty', { custom_metadata: { owner: 'team' } });
    const result = await check(
      standIn,
      ['deleted', 'destroyed', 'empty', 'fine'].map((name) => `vault:kv/app/${name}`),
    );
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1)).toEqual([
      'vault:kv/app/deleted    [DELETING]',
      'vault:kv/app/destroyed  [NO-VALUE]',
      'vault:kv/app/empty      [NO-VALUE]',
      'vault:kv/app/fine       [EXISTS]',
      '1/4 secrets are usable; 3 are not',
    ]);
    const today = new Date().toISOString().slice(0, 10);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      `vault:kv/app/deleted is DELETING: its metadata answers, but its current version 2 was deleted on ${today}, and reading it fails. It can be undeleted until it is destroyed.\n` +
        'Next: vault kv undelete -versions=2 -mount=kv app/deleted',
      'vault:kv/app/destroyed has NO-VALUE: the secret is there, but reading it fails: its current version 2 is destroyed, for good.\n' +
        'Next: an older version may still be there:\nvault kv rollback -version=1 -mount=kv app/destroyed\nor put a new value:\n' +
        'vault kv put -mount=kv app/destroyed @secret.json',
      'vault:kv/app/empty has NO-VALUE: the secret is there, but reading it fails: it has metadata only, and no version was ever put.\n' +
        'Next: vault kv put -mount=kv app/empty @secret.json',
    ]);
    expect(result.summary).toContain('DELETING');
    expect(result.outputs).toMatchObject({ 'failed-count': '3', missing: '' });
  });

  it('S18 a version that will delete itself is there, with a notice until when', async () => {
    const { standIn, call } = await vault();
    await call('POST', 'kv/metadata/app/db', { delete_version_after: '86400s' });
    await call('POST', 'kv/data/app/db', { data: { url: VALUE } });
    const result = await check(standIn, ['vault:kv/app/db']);
    expect(result.exitCode).toBe(0);
    expect(result.lines[1]).toBe('vault:kv/app/db  [EXISTS]');
    expect(result.annotations).toMatchObject([
      {
        level: 'notice',
        message: expect.stringMatching(
          /^vault:kv\/app\/db: its current version 1 deletes itself on \d{4}-\d\d-\d\d \(delete_version_after\)\.\nNext: put a new value/,
        ),
      },
    ]);
  });

  it('ends at once, with one clear line, when the job is cancelled', async () => {
    const { standIn } = await vault([], {});
    standIn.behaviour.delay = Number.POSITIVE_INFINITY;
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: 'vault:kv/app/db' },
      env: { VAULT_ADDR: standIn.url, VAULT_TOKEN: 'root' },
      cancel: { when: 'Asking Vault', signal: 'SIGINT' },
    });
    expect(result.exitCode).toBe(1);
    expect(result.lines.at(-1)).toBe('Cancelled (SIGINT): connections closed, nothing half-written.');
    expect(result.annotations).toEqual([]);
  });

  it('S06 tells what is missing with the name that was meant: misspelt, of another environment, or with the path of the API', async () => {
    const { standIn } = await vault(['checkout/staging/db', 'checkout/production/mail']);
    const lines = [
      'checkout/staging/dbs',
      'checkout/stagin/db',
      'checkout/staging/mail',
      'data/checkout/staging/db',
      'checkout/staging',
      'other/x',
    ];
    const result = await check(
      standIn,
      lines.map((line) => `vault:kv/${line}`),
    );
    const hints = Object.fromEntries(
      result.annotations.map(({ message }) => [message.split(' ')[0], message.split('\n')[1]?.replace('Next: ', '')]),
    );
    expect(hints).toEqual({
      'vault:kv/checkout/staging/dbs': 'did you mean vault:kv/checkout/staging/db, which is there?',
      'vault:kv/checkout/stagin/db': 'did you mean vault:kv/checkout/staging/db, which is there?',
      'vault:kv/checkout/staging/mail': 'did you mean vault:kv/checkout/production/mail, which is there?',
      'vault:kv/data/checkout/staging/db':
        '"data/" and "metadata/" belong to the API, not to the name: did you mean vault:kv/checkout/staging/db, which is there?',
      'vault:kv/checkout/staging': 'vault:kv/checkout/staging is a folder: name a secret in it.',
      'vault:kv/other/x': 'vault kv put -mount=kv other/x @secret.json',
    });
    expect(result.outputs.missing?.split('\n')).toHaveLength(6);
  });

  it('a token that may read the value only gets DENIED-OR-MISSING, with the policy for exactly what was asked for', async () => {
    const { standIn, call } = await vault(['checkout/db']);
    const ci = await token(call, 'path "kv/data/checkout/*" { capabilities = ["read"] }');
    const result = await check(standIn, ['vault:kv/checkout/db', 'vault:kv/checkout/nope'], {
      env: { VAULT_TOKEN: ci },
    });
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1, 3)).toEqual([
      'vault:kv/checkout/db    [DENIED-OR-MISSING]',
      'vault:kv/checkout/nope  [DENIED-OR-MISSING]',
    ]);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      'The token (policies: default, ci) may not read the metadata of vault:kv/checkout/db, vault:kv/checkout/nope. ' +
        'Vault gives the same answer for a missing secret and for a forbidden one.\n' +
        'Next: the token may read the values, which this check does not do unasked; the metadata tells without them.\n' +
        'allow it in a policy of the token (vault policy write NAME FILE):\n' +
        'path "kv/metadata/checkout/db" {\n  capabilities = ["read"]\n}\n' +
        'path "kv/metadata/checkout/nope" {\n  capabilities = ["read"]\n}\n' +
        'Is it in a namespace, so that VAULT_NAMESPACE has to name it?',
    ]);
    expect(standIn.requests.some(({ path }) => path.startsWith('kv/data/') && path.endsWith('nope'))).toBe(false);
    // What it prints is enough.
    const enough = await token(
      call,
      'path "kv/metadata/checkout/db" { capabilities = ["read"] }\npath "kv/metadata/checkout/nope" { capabilities = ["read"] }',
    );
    const again = await check(standIn, ['vault:kv/checkout/db', 'vault:kv/checkout/nope'], {
      env: { VAULT_TOKEN: enough },
    });
    expect(again.lines.slice(1, 3)).toEqual(['vault:kv/checkout/db    [EXISTS]', 'vault:kv/checkout/nope  [MISSING]']);
  });

  it('a denial is settled by LIST of the folder where that is allowed', async () => {
    const { standIn, call } = await vault(['checkout/db']);
    const ci = await token(call, 'path "kv/metadata/checkout/" { capabilities = ["list"] }');
    const result = await check(standIn, ['vault:kv/checkout/db', 'vault:kv/checkout/nope'], {
      env: { VAULT_TOKEN: ci },
    });
    expect(result.lines.slice(1, 3)).toEqual(['vault:kv/checkout/db    [DENIED]', 'vault:kv/checkout/nope  [MISSING]']);
    expect(result.annotations[0]?.message).toContain('The secret is there: LIST of the folder has the name.');
    expect(result.annotations[1]?.message).toContain(
      'The token may not read it, and LIST of its folder has no such name either.',
    );
  });

  it('S12 keys are compared by name, without a value; an older Vault without subkeys is asked for the value', async () => {
    for (const withoutSubkeys of [false, true]) {
      const { standIn } = await vault(['app/db'], { withoutSubkeys });
      const result = await check(standIn, ['vault:kv/app/db#url,User,port']);
      expect(result.lines[1]).toBe('vault:kv/app/db  [KEY-MISSING]');
      expect(result.annotations.map(({ message }) => message)).toEqual([
        'vault:kv/app/db is KEY-MISSING: it has no keys User, port.\n' +
          'Next: upper and lower case differ: User is there in other letters; or put a value that has them, as one JSON object:\n' +
          'vault kv patch -mount=kv app/db @secret.json',
      ]);
      expect(standIn.requests.some(({ path, method }) => method === 'GET' && path === 'kv/data/app/db')).toBe(
        withoutSubkeys,
      );
      expect(result.log).not.toContain('p4ssw0rd');
      expect((await check(standIn, ['vault:kv/app/db#url,user'])).exitCode).toBe(0);
    }
  });

  it('keys that the token may not see are DENIED, with the policy for them', async () => {
    const { standIn, call } = await vault(['app/db']);
    const ci = await token(call, 'path "kv/metadata/app/db" { capabilities = ["read"] }');
    const result = await check(standIn, ['vault:kv/app/db#url'], { env: { VAULT_TOKEN: ci } });
    expect(result.lines[1]).toBe('vault:kv/app/db  [DENIED]');
    expect(result.annotations[0]?.message).toContain(
      'may not read the key names of vault:kv/app/db. The secret is there;',
    );
    expect(result.annotations[0]?.message).toContain('path "kv/subkeys/app/db" {');
  });

  it('keys in an older Vault are in the value only, and the policy says so', async () => {
    const { standIn, call } = await vault(['app/db'], { withoutSubkeys: true });
    const rules = ['metadata', 'subkeys'].map((part) => `path "kv/${part}/app/db" { capabilities = ["read"] }`);
    const ci = await token(call, rules.join('\n'));
    const result = await check(standIn, ['vault:kv/app/db#url'], { env: { VAULT_TOKEN: ci } });
    expect(result.lines[1]).toBe('vault:kv/app/db  [DENIED]');
    expect(result.annotations[0]?.message).toContain('may not read the value of vault:kv/app/db.');
    expect(result.annotations[0]?.message).toContain('path "kv/data/app/db" {');
    expect(result.annotations[0]?.message).not.toContain('kv/subkeys');
  });

  it('S18 one that is deleted between two questions is not called forbidden', async () => {
    const { standIn, call } = await vault(['app/db']);
    const proxy = await listen(async ({ method, url, headers, body, response }) => {
      if (url.pathname.startsWith('/v1/kv/subkeys/')) await call('DELETE', 'kv/data/app/db');
      const answer = await fetch(`${standIn.url}${url.pathname}${url.search}`, {
        method,
        headers: { 'x-vault-token': String(headers['x-vault-token']) },
        ...(method === 'POST' ? { body: body.toString() } : {}),
      });
      sendJson(response, answer.status, await answer.json());
    });
    open.push(proxy);
    expect((await check(proxy, ['vault:kv/app/db#url'])).lines[1]).toBe('vault:kv/app/db  [DELETING]');
  });

  it('S11 S13 a placeholder is found in the value, of which nothing is shown', async () => {
    const { standIn, call } = await vault(['app/db']);
    const asked = manifest('vault:kv/app/db', '{ not-placeholder: true }');
    expect((await check(standIn, [], asked)).exitCode).toBe(0);
    await call('POST', 'kv/data/app/db', { data: { url: VALUE, user: 'changeme' } });
    const result = await check(standIn, [], asked);
    expect(result.lines[1]).toBe('vault:kv/app/db  [PLACEHOLDER]');
    expect(result.annotations[0]).toMatchObject({ file: 'secrets.yml', line: 3 });
    expect(result.log).not.toContain('p4ssw0rd');
  });

  it('S09 the age is that of the current version', async () => {
    const days = 86_400_000;
    let now = Date.now() - 400 * days;
    const { standIn, call } = await vault(['app/db'], { now: () => now });
    now = Date.now();
    await call('POST', 'auth/token/create', { policies: ['root'], id: 'later' });
    const asked = { ...manifest('vault:kv/app/db', '{ max-age: 180d }'), env: { VAULT_TOKEN: 'later' } };
    const result = await check(standIn, [], asked);
    expect(result.exitCode).toBe(0);
    expect(result.lines[1]).toBe('vault:kv/app/db  [STALE]  400 days old');
    await call('POST', 'kv/data/app/db', { data: { url: 'new' } });
    expect((await check(standIn, [], asked)).lines[1]).toBe('vault:kv/app/db  [EXISTS]  0 days old');
  });

  it('asks at the endpoint of the input, if there is one', async () => {
    const { standIn } = await vault(['app/db']);
    const result = await check(standIn, ['vault:kv/app/db'], {
      env: { VAULT_ADDR: 'http://127.0.0.1:1' },
      inputs: { endpoints: `vault=${standIn.url}` },
    });
    expect(result.lines[1]).toBe('vault:kv/app/db  [EXISTS]');
  });

  it('a KV version 1 engine cannot be checked, and that is said', async () => {
    const { standIn, call } = await vault();
    await call('POST', 'sys/mounts/old', { type: 'kv' });
    const result = await check(standIn, ['vault:old/app/db']);
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toBe(
      'old/ is an engine of type kv, version 1, so vault:old/app/db could not be checked.\n' +
        'Next: only KV version 2 has metadata that tells without reading a value. Versions are turned on for a mount of version 1 with:\n' +
        'vault kv enable-versioning old/',
    );
  });

  it('asks in its namespace, and says which when it finds nothing', async () => {
    const { standIn, call } = await vault();
    await call('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } }, 'team-a');
    await call('POST', 'kv/data/app/db', { data: {} }, 'team-a');
    const env = { VAULT_NAMESPACE: 'team-a/' };
    expect((await check(standIn, ['vault:kv/app/db'], { env })).exitCode).toBe(0);
    const result = await check(standIn, ['vault:kv/app/nope'], { env });
    expect(result.annotations[0]?.message).toContain(
      'there is no such secret in the mount kv/ in the namespace team-a.',
    );
  });

  it('asks at most as many at a time as it may', async () => {
    const { standIn } = await vault(
      Array.from({ length: 30 }, (_, index) => `app/${index}`),
      { delay: 2 },
    );
    const lines = Array.from({ length: 30 }, (_, index) => `vault:kv/app/${index}#url`);
    const result = await check(standIn, lines, { inputs: { concurrency: '3' } });
    expect(result.exitCode).toBe(0);
    expect(standIn.peak).toBeLessThanOrEqual(3);
  });
});

describe('validate-secrets, what keeps it from Vault', () => {
  const one = ['vault:kv/app/db', 'vault:kv/app/key'];
  const first = (message = '') => message.replace(/127.0.0.1:\d+/g, 'HOST').split('\n')[0];

  it.each([
    [
      'is sealed',
      { sealed: true },
      'HOST is sealed or not initialized (503), so 2 secrets could not be checked.',
      'Vault is sealed',
    ],
    [
      'throttles',
      { throttled: true },
      'HOST kept answering 429: a rate limit of Vault is exceeded, so 2 secrets could not be checked.',
      'Vault throttles',
    ],
    [
      'is a portal',
      { answerWith: { status: 200, body: '<html>' } },
      'HOST answered 200 with a body that is not JSON, so 2 secrets could not be checked.',
      'Vault did not answer',
    ],
    [
      'breaks',
      { answerWith: { status: 500, body: '{"errors":["internal error"]}' } },
      'HOST answered 500: internal error, so 2 secrets could not be checked.',
      'Vault answered with an error',
    ],
    [
      'never answers',
      { delay: Number.POSITIVE_INFINITY },
      'HOST did not answer in time, so 2 secrets could not be checked.',
      'Timeout',
    ],
  ] as const)('S22 one that %s is one root cause', async (_, behaviour, message, title) => {
    const { standIn } = await vault();
    Object.assign(standIn.behaviour, behaviour);
    const result = await check(standIn, one, { inputs: { timeout: 'delay' in behaviour ? '1s' : '60s' } });
    expect(result.exitCode).toBe(1);
    expect(result.annotations.map((each) => [first(each.message), each.title])).toEqual([[message, title]]);
    expect(result.lines.at(-1)).toBe('0/2 secrets are usable; 2 could not be checked');
  });

  it('a redirect of a standby is not followed: the token stays where it is', async () => {
    const { standIn } = await vault();
    const { standIn: other } = await vault();
    standIn.behaviour.redirectTo = other.url;
    const before = other.requests.length;
    const result = await check(standIn, one);
    expect(result.annotations.map(({ message }) => first(message))).toEqual([
      'HOST redirects to HOST (307), and the token is not sent on, so 2 secrets could not be checked.',
    ]);
    expect(other.requests).toHaveLength(before);
  });

  it.each([
    [{ VAULT_ADDR: '' }, 'VAULT_ADDR is not set', 'No Vault address'],
    [{ VAULT_ADDR: 'vault.example' }, 'VAULT_ADDR is not a URL such as https://vault.example:8200', 'No Vault address'],
    [{ VAULT_TOKEN: '' }, 'There is neither a VAULT_TOKEN nor the input "vault-role"', 'No Vault token'],
    [
      { VAULT_TOKEN: 'hvs.expired-long-ago' },
      'HOST does not accept the token (permission denied; invalid token)',
      'Vault token is refused',
    ],
    [
      { VAULT_SKIP_VERIFY: 'true' },
      'VAULT_SKIP_VERIFY asks to give the token to any server that answers',
      'VAULT_SKIP_VERIFY is refused',
    ],
    [{ VAULT_CACERT: 'no/such.pem' }, 'The file of VAULT_CACERT cannot be read (ENOENT)', 'No certificate'],
    [
      { VAULT_ADDR: 'http://127.0.0.1:1' },
      'HOST refused the connection: nothing listens there (yet)',
      'Vault cannot be reached',
    ],
  ])('S22 with %j says so once', async (env, message, title) => {
    const { standIn } = await vault();
    const result = await check(standIn, one, { env });
    expect(result.annotations.map((each) => [first(each.message), each.title])).toEqual([
      [`${message}, so 2 secrets could not be checked.`, title],
    ]);
    expect(result.log.replace(/::add-mask::.*/g, '')).not.toContain('hvs.');
  });
});

describe('validate-secrets, Vault over TLS', () => {
  it('trusts the authority of VAULT_CACERT, and nobody without it', async () => {
    const { cert, key } = serverCertificate('vault');
    const standIn = await startVault({ tls: { cert, key } });
    open.push(standIn);
    const files = { 'ca.pem': cert };
    const trusted = await check(standIn, ['vault:kv/app/db'], { files, env: { VAULT_CACERT: 'ca.pem' } });
    expect(trusted.lines[1]).toBe('vault:kv/app/db  [MISSING]');
    expect((await check(standIn, ['vault:kv/app/db'], { env: { VAULT_CACERT_BYTES: cert } })).lines[1]).toBe(
      trusted.lines[1],
    );
    const asked = standIn.requests.length;
    const result = await check(standIn, ['vault:kv/app/db']);
    expect(result.annotations[0]).toMatchObject({
      title: 'Vault is not trusted',
      message: expect.stringMatching(
        /has no trusted TLS certificate.*\nNext: give the certificate of the authority(?:.|\n)*VAULT_CACERT/,
      ),
    });
    expect(standIn.requests).toHaveLength(asked);
  });
});

describe('validate-secrets, logging in to Vault with the token of the job', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  /** GitHub's side: gives out a token for the audience that is asked for. */
  async function github(): Promise<{ standIn: StandIn; env: Record<string, string> }> {
    const standIn = await listen(({ url, headers, response }) => {
      if (headers.authorization !== 'Bearer request-token-4711') return sendJson(response, 401, {});
      const now = Math.floor(Date.now() / 1000);
      const audience = url.searchParams.get('audience') ?? 'https://github.com/acme';
      const claims = {
        iss: 'https://token.actions',
        aud: audience,
        repository: 'acme/checkout-service',
        exp: now + 300,
      };
      const text = [{ alg: 'RS256' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      sendJson(response, 200, {
        value: `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`,
      });
    });
    open.push(standIn);
    return {
      standIn,
      env: {
        VAULT_TOKEN: '',
        ACTIONS_ID_TOKEN_REQUEST_URL: `${standIn.url}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-4711',
      },
    };
  }

  async function withLogin(method: string, audience: string) {
    const { standIn, call } = await vault(['app/db']);
    await call('PUT', 'sys/policies/acl/ci', { policy: 'path "kv/metadata/app/*" { capabilities = ["read"] }' });
    await call('POST', `sys/auth/${method}`, { type: 'jwt' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    await call('POST', `auth/${method}/config`, {
      jwt_validation_pubkeys: [pem],
      bound_issuer: 'https://token.actions',
    });
    await call('POST', `auth/${method}/role/deploy`, { bound_audiences: [audience], policies: ['ci'] });
    return standIn;
  }

  it.each([
    ['jwt', 'https://github.com/acme', { 'vault-role': 'deploy' }],
    ['github/ci', 'vault.acme', { 'vault-role': 'auth/github/ci/deploy', 'vault-audience': 'vault.acme' }],
  ])('works at auth/%s with the audience %s, and ends the token after use', async (method, audience, inputs) => {
    const standIn = await withLogin(method, audience);
    const { env } = await github();
    const result = await check(standIn, ['vault:kv/app/db'], { env, inputs });
    expect(result.log).toContain('[EXISTS]');
    expect(result.exitCode).toBe(0);
    expect(standIn.requests.at(-1)).toMatchObject({ path: 'auth/token/revoke-self' });
    const printed = result.log.replace(/::add-mask::.*/g, '');
    expect(printed).not.toContain(standIn.requests.at(-1)?.token);
    expect(printed).not.toContain('request-token-4711');
  });

  it('tells what Vault has against it', async () => {
    const standIn = await withLogin('jwt', 'somebody-else');
    const { env } = await github();
    const result = await check(standIn, ['vault:kv/app/db'], { env, inputs: { 'vault-role': 'deploy' } });
    expect(result.annotations[0]?.message).toBe(
      'Vault refuses the login as role "deploy" at auth/jwt (error validating token: invalid audience (aud) claim: audience claim does not match any bound audience), ' +
        'so vault:kv/app/db could not be checked.\n' +
        'Next: compare the claims of the job with the role (bound_audiences, bound_claims, bound_subject); VAULT_NAMESPACE is not set:\nvault read auth/jwt/role/deploy',
    );
  });

  it('says what a job without the permission lacks', async () => {
    const standIn = await withLogin('jwt', 'x');
    const result = await check(standIn, ['vault:kv/app/db'], {
      env: { VAULT_TOKEN: '' },
      inputs: { 'vault-role': 'deploy' },
    });
    expect(result.annotations[0]?.message).toContain(
      'The job has no OIDC token for the login with "vault-role", so vault:kv/app/db',
    );
    expect(result.annotations[0]?.message).toContain('permissions: id-token: write');
  });

  it('refuses a role that is none before it asks anybody', async () => {
    const { standIn } = await vault();
    const before = standIn.requests.length;
    const result = await check(standIn, ['vault:kv/app/db', 'vault:kv', 'vault:kv//x', 'vault:kv/a b'], {
      inputs: { 'vault-role': 'jwt/', timeout: '60' },
    });
    expect(result.annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      'Input "secrets", line 2: "vault:kv" names a mount without a secret',
      'Input "secrets", line 3: "vault:kv//x" has an empty part',
      'Input "secrets", line 4: "vault:kv/a b" cannot be the path of a secret: it may not contain a blank',
      'Input "timeout": "60" is not a duration such as 90s, 10m or 1h30m',
      'Input "vault-role" is "jwt/": expected the name of a role, or MOUNT/ROLE.',
    ]);
    expect(standIn.requests).toHaveLength(before);
  });
});
