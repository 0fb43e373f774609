import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type KubernetesStandIn,
  type SecretsManagerStandIn,
  startKubernetes,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const standIn of open.splice(0)) await standIn.close();
});

async function aws(): Promise<SecretsManagerStandIn> {
  const standIn = await startSecretsManager();
  open.push(standIn);
  return standIn;
}

/** Does that as soon as the stand-in has been asked that often. */
function onceAsked(count: number, { requests }: { readonly requests: readonly unknown[] }, then: () => void): void {
  const log = requests as unknown[];
  const { push } = log;
  log.push = (...entries) => {
    const length = push.apply(log, entries);
    if (length === count) setImmediate(then);
    return length;
  };
}

function kubeconfig(kubernetes: KubernetesStandIn): string {
  const path = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
  writeFileSync(path, kubernetes.kubeconfig());
  return path;
}

function awsEnv({ url }: SecretsManagerStandIn): Record<string, string> {
  return {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'a-secret-key',
  };
}

describe('validate-secrets, with wait-for', () => {
  it('waits for a secret that is created meanwhile, and asks about no other again', async () => {
    const standIn = await aws();
    const secrets = standIn.secrets('eu-west-1');
    secrets.put(secrets.create('there'), { SecretString: 'v' });
    onceAsked(2, standIn, () => secrets.put(secrets.create('new'), { SecretString: 'v' }));
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: 'there\nnew', 'wait-for': '1s', timeout: '1s' },
      env: awsEnv(standIn),
    });
    expect(result.exitCode).toBe(0);
    expect(result.lines.map((line) => line.replace(/[\d.]+(?:s|ms)$/, 'N'))).toEqual([
      'Asking AWS Secrets Manager about 2 secrets',
      'Waiting up to 1.0s for new [MISSING]',
      'new is [EXISTS] after N',
      'new    [EXISTS]',
      'there  [EXISTS]',
      '2/2 secrets are usable; waited N',
    ]);
    expect(standIn.requests.filter(({ id }) => id === 'there')).toHaveLength(1);
    expect(JSON.parse(result.outputs['report'] ?? '').verdict).toMatch(/; waited 1\.\ds$/);
  });

  it('S14 waits for the operator, and S15 says what it says when the time is up', async () => {
    const kubernetes = await startKubernetes({ controllers: false, externalSecrets: ['v1'] });
    open.push(kubernetes);
    const object = (name: string) => ({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name },
      spec: { target: { creationPolicy: 'None' } },
    });
    const condition = (status: string, reason: string, message: string) => ({
      refreshTime: new Date().toISOString(),
      conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime: '2026-11-21T08:00:00Z' }],
    });
    for (const name of ['slow', 'failing']) kubernetes.apply(object(name));
    onceAsked(3, kubernetes, () => {
      kubernetes.writeStatus({ ...object('slow'), status: condition('True', 'SecretSynced', 'secret synced') });
      kubernetes.writeStatus({ ...object('failing'), status: condition('False', 'SecretSyncedError', 'no such key') });
    });
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: 'external-secret:slow\nexternal-secret:failing', 'wait-for': '1s', timeout: '1s' },
      env: { KUBECONFIG: kubeconfig(kubernetes) },
    });
    expect(result.exitCode).toBe(1);
    expect(result.lines.map((line) => line.replace(/[\d.]+(?:s|ms)$/, 'N'))).toEqual([
      'Asking Kubernetes about 2 secrets',
      'Waiting up to 1.0s for external-secret:failing [NOT-SYNCED], external-secret:slow [NOT-SYNCED]',
      'external-secret:slow is [EXISTS] after N',
      'external-secret:failing  [NOT-SYNCED]',
      'external-secret:slow     [EXISTS]',
      '1/2 secrets are usable; 1 is not; waited N',
    ]);
    expect(result.annotations[0]?.message).toContain('SecretSyncedError: no such key');
  });

  it('a cancelled job ends the wait with one line', async () => {
    const standIn = await aws();
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: 'new', 'wait-for': '10m' },
      env: awsEnv(standIn),
      cancel: { when: 'Waiting up to', signal: 'SIGINT' },
    });
    expect(result.exitCode).toBe(1);
    expect(result.lines.at(-1)).toBe('Cancelled (SIGINT): connections closed, nothing half-written.');
    expect(result.annotations).toEqual([]);
  });

  it.each([[{ 'wait-for': '5' }, /^Input "wait-for": "5" is not a duration such as 90s, 10m or 1h30m/]])(
    'refuses %j and asks nothing',
    async (inputs, message) => {
      const standIn = await aws();
      const result = await runBundle('validate-secrets', { inputs: { secrets: 'a', ...inputs }, env: awsEnv(standIn) });
      expect(result.exitCode).toBe(1);
      expect(result.annotations).toMatchObject([{ message: expect.stringMatching(message) }]);
      expect(standIn.requests).toEqual([]);
    },
  );
});
