import {
  type GoogleSecretManagerStandIn,
  type ParameterStoreStandIn,
  startGoogleSecretManager,
  startParameterStore,
  startVault,
  type VaultStandIn,
} from '@delivery-actions/stand-ins';
import { runMain } from '@delivery-actions/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../src/main.ts';

/** Nothing that the log could hold by accident, in the shapes that values have. */
const text = fc.oneof(
  fc.uuid(),
  fc.base64String({ minLength: 12 }),
  fc.stringMatching(/^[A-Za-z0-9!$%^&_+=?]{12,40}$/),
);
const shape = fc.constantFrom(
  (value: string) => ({ password: value }),
  (value: string) => ({ username: 'checkout', password: `-----BEGIN KEY-----\n${value}\n-----END KEY-----` }),
  (value: string) => ({ url: `postgres://checkout:${value}@db.internal/orders` }),
  (value: string) => ({ nested: { password: value }, list: [value] }),
);
/** Keys that are asked for: of a value with them, without them, and none. */
const keys = fc.constantFrom('', '#password', '#password,missing', '#Password');
const PIECE = 8;
const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** Nothing of `hidden` is anywhere in what a user sees. */
function expectHidden(seen: unknown, hidden: readonly string[]): void {
  const all = JSON.stringify(seen);
  for (const value of hidden)
    for (let start = 0; start + PIECE <= value.length; start += 1)
      expect(all).not.toContain(JSON.stringify(value.slice(start, start + PIECE)).slice(1, -1));
}

describe('no run prints a piece of a value or of a token', () => {
  let vault: VaultStandIn;
  let google: GoogleSecretManagerStandIn;
  let ssm: ParameterStoreStandIn;
  beforeAll(async () => {
    vault = await startVault();
    google = await startGoogleSecretManager();
    ssm = await startParameterStore();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET_KEY);
  });
  afterAll(async () => {
    await vault.close();
    await google.close();
    await ssm.close();
    vi.unstubAllEnvs();
  });

  it('of Vault, whatever the secrets, their state and the errors are', async () => {
    const state = fc.constantFrom('usable', 'deleted', 'destroyed', 'denied', 'value-only');
    const fault = fc.constantFrom('none', 'none', 'echo', 'broken', 'no-token');
    const secrets = fc.array(fc.record({ text, shape, state, keys }), { minLength: 1, maxLength: 5 });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(secrets, fc.uuid(), fault, fc.boolean(), async (made, token, fault, listed) => {
        runs += 1;
        const mount = `kv-${runs}`;
        const call = (method: string, path: string, body?: object) =>
          fetch(`${vault.url}/v1/${path}`, {
            method,
            headers: { 'x-vault-token': 'root' },
            ...(body && { body: JSON.stringify(body) }),
          });
        await call('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
        const rules: string[] = [];
        for (const [index, { text, shape, state }] of made.entries()) {
          await call('POST', `${mount}/data/s${index}`, { data: shape(text) });
          if (state === 'deleted') await call('DELETE', `${mount}/data/s${index}`);
          if (state === 'destroyed') await call('PUT', `${mount}/destroy/s${index}`, { versions: [1] });
          const parts = state === 'denied' ? [] : state === 'value-only' ? ['data'] : ['metadata', 'subkeys', 'data'];
          rules.push(...parts.map((part) => `path "${mount}/${part}/s${index}" { capabilities = ["read"] }`));
        }
        await call('PUT', `sys/policies/acl/p-${runs}`, { policy: rules.join('\n') });
        await call('POST', 'auth/token/create', { id: token, policies: [`p-${runs}`] });
        // What is between us and Vault may say anything, a value or the token among it.
        const echo = JSON.stringify({ errors: [`for ${token}`] });
        if (fault === 'echo') vault.behaviour.answerWith = { status: 500, body: echo };
        if (fault === 'broken') vault.behaviour.answerWith = { status: 200, body: `{"data": "${made[0]?.text}` };

        const lines = made.map(({ keys }, index) => `vault:${mount}/s${index}${keys}`);
        const manifest = `policy: {not-placeholder: true}\nenvironments:\n  all:\n${lines.map((line) => `    - ${line}\n`).join('')}`;
        const inputs = listed ? { manifest: 'secrets.yml', environment: 'all' } : { secrets: lines.join('\n') };
        const env = { VAULT_ADDR: vault.url, VAULT_TOKEN: fault === 'no-token' ? `${token}x` : token };
        const { masked, ...seen } = await runMain('validate-secrets', (run) => main(run), {
          inputs,
          env,
          files: { 'secrets.yml': manifest },
        });
        delete vault.behaviour.answerWith;
        expect(masked).toContain(env.VAULT_TOKEN);
        expect(seen.outputs['checked-count']).toBe(String(made.length));
        expectHidden(seen, [token, ...made.map(({ text }) => text)]);
      }),
      { numRuns: 60 },
    );
  });

  it('of Google, whatever the secrets, their state, the credentials and the errors are', async () => {
    const state = fc.constantFrom('usable', 'DISABLED', 'DESTROYED', 'denied', 'unreadable');
    const fault = fc.constantFrom('none', 'none', 'echo', 'broken', 'expired');
    const way = fc.constantFrom('token', 'user', 'broken-key', 'federated');
    const secrets = fc.array(fc.record({ text, shape, state, keys }), { minLength: 1, maxLength: 5 });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(secrets, fc.uuid(), fault, way, fc.boolean(), async (made, token, fault, way, listed) => {
        runs += 1;
        const names = made.map((_, index) => `projects/p${runs}/secrets/s${index}`);
        for (const [index, { text, shape, state }] of made.entries()) {
          const { versions } = google.put(names[index] ?? '', JSON.stringify(shape(text)));
          const [version] = versions;
          if (version !== undefined && (state === 'DISABLED' || state === 'DESTROYED')) version.state = state;
        }
        const namesOf = (...states: string[]) => names.filter((_, index) => states.includes(made[index]?.state ?? ''));
        Object.assign(google.behaviour, {
          accessTokens: fault === 'expired' ? [] : [token],
          refreshTokens: [token],
          subjectTokens: [token],
          allow: {
            'versions.get': namesOf('usable', 'DISABLED', 'DESTROYED', 'unreadable'),
            'versions.access': namesOf('usable', 'DISABLED', 'DESTROYED'),
          },
        });
        // What is between us and Google may say anything, a value or the token among it.
        if (fault === 'echo')
          google.behaviour.answerWith = {
            status: 500,
            body: JSON.stringify({ error: { message: `${made[0]?.text} ${token}` } }),
          };
        if (fault === 'broken')
          google.behaviour.answerWith = { status: 200, body: `{"payload": {"data": "${made[0]?.text}` };

        const token_uri = `${google.url}/token`;
        const file = {
          token: {},
          user: { type: 'authorized_user', client_secret: token, refresh_token: token, token_uri },
          'broken-key': { type: 'service_account', private_key: token, token_uri },
          federated: {
            type: 'external_account',
            audience: '//iam.googleapis.com/x',
            token_url: token_uri,
            credential_source: { file: 'job.token' },
          },
        }[way];
        const lines = made.map(({ keys }, index) => `gcp:${names[index]}${keys}`);
        const manifest = `policy: {not-placeholder: true}\nenvironments:\n  all:\n${lines.map((line) => `    - ${line}\n`).join('')}`;
        const inputs = listed ? { manifest: 'secrets.yml', environment: 'all' } : { secrets: lines.join('\n') };
        const { masked, ...seen } = await runMain('validate-secrets', (run) => main(run), {
          inputs: { ...inputs, endpoints: `gcp=${google.url}` },
          env: way === 'token' ? { GOOGLE_OAUTH_ACCESS_TOKEN: token } : { GOOGLE_GHA_CREDS_PATH: 'creds.json' },
          files: { 'secrets.yml': manifest, 'creds.json': JSON.stringify(file), 'job.token': token },
        });
        delete google.behaviour.answerWith;
        expect(masked).toContain(token);
        expect(seen.outputs['checked-count']).toBe(String(made.length));
        const given = google.requests.map(({ token }) => token).filter((each) => each.startsWith('ya29.'));
        expectHidden(seen, [token, ...given.slice(-3), ...made.map(({ text }) => text)]);
      }),
      { numRuns: 60 },
    );
  });

  it('of Parameter Store, whatever the parameters, their state and the errors are', async () => {
    const state = fc.constantFrom('usable', 'denied', 'missing');
    const type = fc.constantFrom('String', 'SecureString');
    const parameters = fc.array(fc.record({ text, shape, state, type, keys }), { minLength: 1, maxLength: 5 });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(parameters, fc.boolean(), fc.boolean(), fc.boolean(), async (made, decrypt, known, listed) => {
        runs += 1;
        const names = made.map((_, index) => `/run${runs}/p${index}`);
        for (const [index, { text, shape, state, type }] of made.entries())
          if (state !== 'missing') ssm.put(names[index] ?? '', JSON.stringify(shape(text)), { type });
        const open = names.filter((_, index) => made[index]?.state !== 'denied');
        ssm.behaviour.allow = { GetParameters: open.map((name) => `*:parameter${name}`), Decrypt: decrypt };
        // A key that is not known is refused, and a service that refuses a signature may quote what was signed.
        if (known) delete ssm.behaviour.accessKeys;
        else ssm.behaviour.accessKeys = { AKIAIOSFODNN7EXAMPLE: { secretAccessKey: 'another' } };

        const lines = made.map(({ keys }, index) => `ssm:${names[index]}${keys}`);
        const manifest = `policy: {not-placeholder: true}\nenvironments:\n  all:\n${lines.map((line) => `    - ${line}\n`).join('')}`;
        const inputs = listed ? { manifest: 'secrets.yml', environment: 'all' } : { secrets: lines.join('\n') };
        const { masked, ...seen } = await runMain('validate-secrets', (run) => main(run), {
          inputs: { ...inputs, region: 'eu-west-1', endpoints: `ssm=${ssm.url}` },
          files: { 'secrets.yml': manifest },
        });
        expect(masked).toContain(SECRET_KEY);
        expect(seen.outputs['checked-count']).toBe(String(made.length));
        expectHidden(seen, [SECRET_KEY, ...made.map(({ text }) => text)]);
      }),
      { numRuns: 60 },
    );
  });
});
