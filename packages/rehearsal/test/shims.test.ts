import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KubernetesStandIn, startKubernetes } from '@delivery-actions/stand-ins';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const place = mkdtempSync(join(tmpdir(), 'shims-'));
const kubeconfig = join(place, 'kubeconfig');
let cluster: KubernetesStandIn;

beforeAll(async () => {
  cluster = await startKubernetes();
  writeFileSync(kubeconfig, cluster.kubeconfig());
  cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'web:1' }] } },
    },
  });
});
afterAll(async () => {
  await cluster.close();
  rmSync(place, { recursive: true });
});

function shim(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const script = fileURLToPath(new URL(`../shims/${name}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { env: { PATH: '', ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise<{ exitCode: number | null; text: string }>((resolve) =>
    child.once('close', (exitCode) => resolve({ exitCode, text })),
  );
}

describe('kubectl, where there is none', () => {
  it('sets the image of a Deployment and says what kubectl says', async () => {
    const args = ['set', 'image', 'deployment/web', 'app=web:2', '--namespace', 'shop'];
    expect(await shim('kubectl', args, { KUBECONFIG: kubeconfig })).toEqual({
      exitCode: 0,
      text: 'deployment.apps/web image updated\n',
    });
    expect(cluster.get('deployments', 'shop', 'web')).toMatchObject({
      spec: { template: { spec: { containers: [{ name: 'app', image: 'web:2' }] } } },
    });
  });

  it('hands on what the API server refuses', async () => {
    const args = ['set', 'image', 'deployment/wep', 'app=web:2', '-n', 'shop', '--kubeconfig', kubeconfig];
    expect(await shim('kubectl', args)).toEqual({
      exitCode: 1,
      text: 'Error from server (NotFound): deployments.apps "wep" not found\n',
    });
  });

  it('refuses everything else', async () => {
    const { exitCode, text } = await shim('kubectl', ['get', 'pods']);
    expect({ exitCode, text }).toEqual({
      exitCode: 1,
      text: 'this stand-in knows "kubectl set image" only, not "get pods"\n',
    });
  });
});

describe('aws', () => {
  const path = join(place, 'written', 'kubeconfig');

  it('writes the kubeconfig of the rehearsal for who has credentials', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'ASIA', REHEARSAL_KUBECONFIG: 'kind: Config\n' };
    const { exitCode } = await shim('aws', ['eks', 'update-kubeconfig', '--name', 'c', '--kubeconfig', path], env);
    expect(exitCode).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('kind: Config\n');
  });

  it('refuses who has none, and everything else', async () => {
    const without = await shim('aws', ['eks', 'update-kubeconfig', '--name', 'c', '--kubeconfig', path]);
    expect(without).toMatchObject({ exitCode: 1, text: expect.stringContaining('Unable to locate credentials') });
    expect(await shim('aws', ['s3', 'ls'])).toMatchObject({ exitCode: 1 });
  });
});
