import { afterAll, describe, expect, it } from 'vitest';
import { startVault } from '../src/vault/index.ts';
import { vaultContract } from './vault-contract.ts';

describe('the stand-in of Vault keeps the contract', async () => {
  const standIn = await startVault();
  afterAll(() => standIn.close());

  for (const { name, run } of vaultContract({ url: standIn.url, rootToken: 'root' })) it(name, run);
});

describe('what a test may make of it', () => {
  const ask = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/v1/kv/metadata/x`, {
      headers: { 'x-vault-token': 'root', ...headers },
      redirect: 'manual',
    });
    return [response.status, response.headers.get('location'), await response.text()];
  };

  it('is sealed, throttled, or a standby', async () => {
    await using standIn = await startVault({ sealed: true });
    expect(await ask(standIn.url)).toEqual([503, null, '{"errors":["Vault is sealed"]}']);
    standIn.behaviour.sealed = false;
    standIn.behaviour.throttled = true;
    expect((await ask(standIn.url))[0]).toBe(429);
    standIn.behaviour.redirectTo = 'https://active.example:8200';
    expect((await ask(standIn.url)).slice(0, 2)).toEqual([307, 'https://active.example:8200/v1/kv/metadata/x']);
  });

  it('keeps namespaces apart', async () => {
    await using standIn = await startVault();
    const mount = (namespace: string) =>
      fetch(`${standIn.url}/v1/sys/mounts/kv`, {
        method: 'POST',
        headers: { 'x-vault-token': 'root', 'x-vault-namespace': namespace },
        body: JSON.stringify({ type: 'kv', options: { version: '2' } }),
      });
    await mount('team-a');
    expect((await ask(standIn.url, { 'x-vault-namespace': 'team-a' }))[2]).toBe('{"errors":[]}');
    expect((await ask(standIn.url))[2]).toContain('no handler for route');
    expect(standIn.requests.map(({ namespace }) => namespace)).toEqual(['team-a', 'team-a', '']);
  });
});
