import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import type { ContractCase } from './secrets-manager-contract.ts';

interface Target {
  readonly url: string;
  readonly rootToken: string;
}

interface Answer {
  readonly status: number;
  readonly data: Readonly<Record<string, never>> | null;
  readonly auth: { readonly client_token: string } | null;
  readonly errors: readonly string[];
}

type Call = (method: string, path: string, options?: { body?: object; token?: string }) => Promise<Answer>;

/** What holds for Vault, and so for everything that stands in for it. Each case has mounts of its own. */
export function vaultContract({ url, rootToken }: Target): readonly ContractCase[] {
  let made = 0;

  const call: Call = async (method, path, { body, token = rootToken } = {}) => {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': token },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { data = null, auth = null, errors = [] } = text === '' ? {} : JSON.parse(text);
    return { status: response.status, data, auth, errors };
  };

  /** A KV 2 mount with `app/db` in it. */
  async function kv(): Promise<string> {
    made += 1;
    const mount = `kv-${made}`;
    assert.equal(
      (await call('POST', `sys/mounts/${mount}`, { body: { type: 'kv', options: { version: '2' } } })).status,
      204,
    );
    // A mount of version 2 upgrades itself before it answers.
    for (let attempt = 0; attempt < 50; attempt += 1)
      if (
        (await call('POST', `${mount}/data/app/db`, { body: { data: { user: 'u', nested: { a: 1 } } } })).status === 200
      )
        break;
    return mount;
  }

  /** A token with one policy. */
  async function token(rules: Readonly<Record<string, readonly string[]>>, more: object = {}): Promise<string> {
    made += 1;
    const policy = Object.entries(rules)
      .map(([path, capabilities]) => `path "${path}" { capabilities = ${JSON.stringify(capabilities)} }`)
      .join('\n');
    await call('PUT', `sys/policies/acl/contract-${made}`, { body: { policy } });
    const body = { policies: [`contract-${made}`], ttl: '3600s', ...more };
    return (await call('POST', 'auth/token/create', { body })).auth?.client_token ?? '';
  }

  const cases: Record<string, () => Promise<void>> = {
    async 'metadata tells the version without its value'() {
      const mount = await kv();
      const { status, data } = await call('GET', `${mount}/metadata/app/db`);
      assert.equal(status, 200);
      const { current_version, versions } = data as unknown as {
        current_version: number;
        versions: Record<string, object>;
      };
      assert.equal(current_version, 1);
      const { created_time, deletion_time, destroyed } = versions['1'] as Record<string, unknown>;
      assert.ok(Math.abs(Date.parse(String(created_time)) - Date.now()) < 60_000);
      assert.deepEqual([deletion_time, destroyed], ['', false]);
    },
    async 'subkeys has the names without values'() {
      const mount = await kv();
      const { data } = await call('GET', `${mount}/subkeys/app/db`);
      const { subkeys, metadata } = data as unknown as { subkeys: object; metadata: { version: number } };
      assert.deepEqual(subkeys, { user: null, nested: { a: null } });
      assert.equal(metadata.version, 1);
    },
    async 'what is not there is 404 without a reason, for each part'() {
      const mount = await kv();
      for (const part of ['metadata', 'subkeys', 'data']) {
        const { status, errors, data } = await call('GET', `${mount}/${part}/app/nope`);
        assert.deepEqual([status, errors, data], [404, [], null], part);
      }
    },
    async 'a deleted version keeps its metadata, and its parts are 404 with it'() {
      const mount = await kv();
      assert.equal((await call('DELETE', `${mount}/data/app/db`)).status, 204);
      const { data } = await call('GET', `${mount}/metadata/app/db`);
      const { versions } = data as unknown as {
        versions: Record<string, { deletion_time: string; destroyed: boolean }>;
      };
      assert.ok(Math.abs(Date.parse(versions['1']?.deletion_time ?? '') - Date.now()) < 60_000);
      for (const part of ['subkeys', 'data']) {
        const read = await call('GET', `${mount}/${part}/app/db`);
        assert.equal(read.status, 404);
        assert.equal((read.data as unknown as { metadata: { version: number } }).metadata.version, 1, part);
      }
      await call('POST', `${mount}/undelete/app/db`, { body: { versions: [1] } });
      assert.equal((await call('GET', `${mount}/data/app/db`)).status, 200);
    },
    async 'a destroyed version says so'() {
      const mount = await kv();
      await call('PUT', `${mount}/destroy/app/db`, { body: { versions: [1] } });
      const { data } = await call('GET', `${mount}/metadata/app/db`);
      const { versions } = data as unknown as { versions: Record<string, { destroyed: boolean }> };
      assert.equal(versions['1']?.destroyed, true);
      assert.equal((await call('GET', `${mount}/data/app/db`)).status, 404);
    },
    async 'metadata without a value has version 0'() {
      const mount = await kv();
      await call('POST', `${mount}/metadata/app/nothing`, { body: {} });
      assert.equal((await call('GET', `${mount}/metadata/app/nothing`)).status, 404);
      await call('POST', `${mount}/metadata/app/empty`, { body: { delete_version_after: '0s' } });
      const { data } = await call('GET', `${mount}/metadata/app/empty`);
      assert.equal((data as unknown as { current_version: number }).current_version, 0);
    },
    async 'delete_version_after sets the deletion of a new version'() {
      const mount = await kv();
      await call('POST', `${mount}/metadata/app/db`, { body: { delete_version_after: '3600s' } });
      await call('POST', `${mount}/data/app/db`, { body: { data: { a: 'b' } } });
      const { data } = await call('GET', `${mount}/metadata/app/db`);
      const { versions } = data as unknown as { versions: Record<string, { deletion_time: string }> };
      assert.ok(Date.parse(versions['2']?.deletion_time ?? '') > Date.now() + 3_000_000);
    },
    async 'LIST has names and folders; an empty folder is 404'() {
      const mount = await kv();
      await call('POST', `${mount}/data/app`, { body: { data: {} } });
      const { data } = await call('GET', `${mount}/metadata/?list=true`);
      assert.deepEqual((data as unknown as { keys: string[] }).keys, ['app', 'app/']);
      assert.deepEqual(
        ((await call('GET', `${mount}/metadata/app/?list=true`)).data as unknown as { keys: string[] }).keys,
        ['db'],
      );
      assert.equal((await call('GET', `${mount}/metadata/nope/?list=true`)).status, 404);
    },
    async 'the mount of a path is told, with its version'() {
      const mount = await kv();
      const { status, data } = await call('GET', `sys/internal/ui/mounts/${mount}/app/db`);
      assert.equal(status, 200);
      const { path, type, options } = data as unknown as { path: string; type: string; options: { version: string } };
      assert.deepEqual([path, type, options.version], [`${mount}/`, 'kv', '2']);
      await call('POST', 'sys/mounts/contract-old', { body: { type: 'kv', options: { version: '1' } } });
      const old = await call('GET', 'sys/internal/ui/mounts/contract-old/x');
      assert.equal((old.data as unknown as { options: { version: string } }).options.version, '1');
    },
    async 'the mount is told to a token with any rule under it, and to no other; a mount that is not there is 403 too'() {
      const mount = await kv();
      const some = await token({ [`${mount}/data/app/*`]: ['read'] });
      assert.equal((await call('GET', `sys/internal/ui/mounts/${mount}/app/db`, { token: some })).status, 200);
      const none = await token({ 'elsewhere/*': ['read'] });
      assert.equal((await call('GET', `sys/internal/ui/mounts/${mount}/app/db`, { token: none })).status, 403);
      const { status, errors } = await call('GET', 'sys/internal/ui/mounts/no-such-mount/x');
      assert.equal(status, 403);
      assert.match(errors[0] ?? '', /^preflight capability check returned 403/);
    },
    async 'a policy denies before anything is looked for'() {
      const mount = await kv();
      const some = await token({ [`${mount}/data/app/*`]: ['read'] });
      for (const path of ['app/db', 'app/nope']) {
        const { status, errors } = await call('GET', `${mount}/metadata/${path}`, { token: some });
        assert.equal(status, 403);
        assert.match(errors[0] ?? '', /permission denied/);
        assert.doesNotMatch(errors[0] ?? '', /invalid token/);
      }
      assert.equal((await call('GET', `${mount}/data/app/db`, { token: some })).status, 200);
    },
    async 'capabilities-self says what a token may do'() {
      const mount = await kv();
      const some = await token({ [`${mount}/data/+/db`]: ['read'], [`${mount}/data/secret/db`]: ['deny'] });
      const paths = ['data/app/db', 'metadata/app/db', 'data/secret/db'].map((path) => `${mount}/${path}`);
      const { data } = await call('POST', 'sys/capabilities-self', { token: some, body: { paths } });
      assert.deepEqual(
        paths.map((path) => data?.[path]),
        [['read'], ['deny'], ['deny']],
      );
      const root = await call('POST', 'sys/capabilities-self', { body: { paths: paths.slice(0, 1) } });
      assert.deepEqual(root.data?.[paths[0] ?? ''], ['root']);
    },
    async 'a token looks itself up with the default policy only, and ends itself'() {
      const some = await token({ 'x/*': ['read'] });
      const { data } = await call('GET', 'auth/token/lookup-self', { token: some });
      assert.ok((data as unknown as { policies: string[] }).policies.includes('default'));
      const bare = await token({ 'x/*': ['read'] }, { no_default_policy: true });
      assert.equal((await call('GET', 'auth/token/lookup-self', { token: bare })).status, 403);
      assert.equal((await call('POST', 'auth/token/revoke-self', { token: some, body: {} })).status, 204);
      assert.equal((await call('GET', 'auth/token/lookup-self', { token: some })).status, 403);
    },
    async 'a token that is none is told apart from one without the right'() {
      const { status, errors } = await call('GET', 'kv/metadata/x', { token: 'hvs.nobody' });
      assert.equal(status, 403);
      assert.match(errors[0] ?? '', /invalid token/);
    },
    async 'a JWT logs in as a role whose claims it has, else 400 with the reason'() {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      made += 1;
      const method = `jwt-${made}`;
      await call('POST', `sys/auth/${method}`, { body: { type: 'jwt' } });
      const keys = [publicKey.export({ type: 'spki', format: 'pem' })];
      await call('POST', `auth/${method}/config`, {
        body: { jwt_validation_pubkeys: keys, bound_issuer: 'https://issuer.example' },
      });
      await call('POST', `auth/${method}/role/deploy`, {
        body: {
          role_type: 'jwt',
          user_claim: 'sub',
          bound_audiences: ['vault'],
          bound_claims: { repository: 'org/app' },
          policies: ['p'],
        },
      });
      const jwt = (claims: object, key = privateKey) => {
        const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
        const now = Math.floor(Date.now() / 1000);
        const all = {
          iss: 'https://issuer.example',
          sub: 's',
          aud: 'vault',
          repository: 'org/app',
          iat: now,
          exp: now + 600,
          ...claims,
        };
        const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(all)}`;
        return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
      };
      const logIn = (token: string, role = 'deploy') =>
        call('POST', `auth/${method}/login`, { token: '', body: { role, jwt: token } });
      const good = await logIn(jwt({}));
      assert.equal(good.status, 200, good.errors.join());
      const { data } = await call('GET', 'auth/token/lookup-self', { token: good.auth?.client_token ?? '' });
      assert.deepEqual((data as unknown as { policies: string[] }).policies, ['default', 'p']);
      const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      for (const [refused, shape] of [
        [await logIn(jwt({ aud: 'else' })), /aud/],
        [await logIn(jwt({ repository: 'org/other' })), /repository/],
        [await logIn(jwt({ exp: 1_000_000_000 })), /expired/],
        [await logIn(jwt({}, stranger)), /signature/],
        [await logIn(jwt({}), 'nobody'), /role "nobody" could not be found/],
      ] as const) {
        assert.equal(refused.status, 400);
        assert.match(refused.errors[0] ?? '', shape);
      }
    },
  };
  return Object.entries(cases).map(([name, run]) => ({ name, run }));
}
