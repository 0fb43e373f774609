import { startVault, type VaultStandIn } from '@delivery-actions/stand-ins';
import { runMain } from '@delivery-actions/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** Nothing of `hidden` is anywhere in what a user sees. */
function expectHidden(seen: unknown, hidden: readonly string[]): void {
  const all = JSON.stringify(seen);
  for (const value of hidden)
    for (let start = 0; start + PIECE <= value.length; start += 1)
      expect(all).not.toContain(JSON.stringify(value.slice(start, start + PIECE)).slice(1, -1));
}

describe('no run prints a piece of a value or of a token', () => {
  let vault: VaultStandIn;
  beforeAll(async () => {
    vault = await startVault();
  });
  afterAll(() => vault.close());

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
});
