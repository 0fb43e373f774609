import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { listen, sendJson, serverCertificate, startKubernetes, startVault } from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

/** How many connections the servers of this process took while `run` went on. */
async function connectionsOf<Result>(run: () => Promise<Result>): Promise<{ result: Result; connections: number }> {
  let connections = 0;
  const count = () => {
    connections += 1;
  };
  subscribe('net.server.socket', count);
  try {
    return { result: await run(), connections };
  } finally {
    unsubscribe('net.server.socket', count);
  }
}

const numbers = Array.from({ length: 40 }, (_, number) => number);

describe('the bundles', () => {
  it('validate-secrets asks Vault on no more connections than it asks questions at one time', async () => {
    const { cert, key } = serverCertificate('vault');
    await using vault = await startVault({ tls: { cert, key } });
    const { result, connections } = await connectionsOf(() =>
      runBundle('validate-secrets', {
        inputs: { secrets: numbers.map((number) => `vault:kv/app/${number}`).join('\n'), concurrency: '5' },
        env: { VAULT_ADDR: vault.url, VAULT_TOKEN: 'root', VAULT_CACERT: 'ca.pem' },
        files: { 'ca.pem': cert },
      }),
    );
    expect(result.lines[1]).toBe('vault:kv/app/0   [MISSING]');
    expect(vault.requests.length).toBeGreaterThan(40);
    expect(connections).toBeLessThanOrEqual(5);
  });

  it('validate-secrets asks Kubernetes on no more connections than it asks questions at one time', async () => {
    await using kubernetes = await startKubernetes({ controllers: false, namespaces: ['payments'] });
    for (const number of numbers)
      kubernetes.apply({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: `s${number}`, namespace: 'payments' },
        stringData: { key: 'value' },
      });
    const { result, connections } = await connectionsOf(() =>
      runBundle('validate-secrets', {
        inputs: { secrets: numbers.map((number) => `k8s:payments/s${number}`).join('\n'), concurrency: '5' },
        env: { KUBECONFIG: 'kubeconfig' },
        files: { kubeconfig: kubernetes.kubeconfig() },
      }),
    );
    expect(result.lines.at(-1)).toBe('40/40 secrets are usable');
    expect(connections).toBeLessThanOrEqual(5);
  });

  it('M02 smoke-test asks each question on a connection of its own', async () => {
    await using service = await listen(({ response }) => sendJson(response, 200, {}));
    const { result, connections } = await connectionsOf(() =>
      runBundle('smoke-test', {
        inputs: { 'base-url': service.url, tests: 'tests.yml', 'warm-up': '0s' },
        files: { 'tests.yml': 'tests: [{ path: /a }, { path: /b }, { path: /c }]' },
      }),
    );
    expect(result.exitCode).toBe(0);
    expect(connections).toBe(3);
  });
});
