import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KubernetesOptions, type KubernetesStandIn, startKubernetes } from '@delivery-actions/stand-ins';
import { type BundleResult, runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

let kubernetes: KubernetesStandIn | undefined;
afterEach(async () => {
  await kubernetes?.close();
  kubernetes = undefined;
});

type Version = 'v1' | 'v1beta1' | 'v1alpha1';

async function cluster(externalSecrets: readonly Version[] = ['v1', 'v1beta1'], options: KubernetesOptions = {}) {
  kubernetes = await startKubernetes({ controllers: false, namespaces: ['payments'], externalSecrets, ...options });
  return kubernetes;
}

const MINUTE = 60_000;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

function object(spec: object = {}, metadata: object = {}, version: Version = 'v1') {
  return {
    apiVersion: `external-secrets.io/${version}`,
    kind: 'ExternalSecret',
    metadata: { name: 'checkout', namespace: 'payments', ...metadata },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'aws' },
      target: { name: 'checkout-secrets' },
      ...spec,
    },
  };
}

function status({
  refreshed = MINUTE,
  ready = 'True',
  reason = 'SecretSynced',
  message = 'secret synced',
  version = '1',
} = {}) {
  return {
    refreshTime: ago(refreshed),
    syncedResourceVersion: `${version}-5c833527afd7ba3f426cb0082ee7e083`,
    conditions: [{ type: 'Ready', status: ready, reason, message, lastTransitionTime: '2026-11-20T08:00:00Z' }],
  };
}

/** An ExternalSecret with what its operator has written: its status, and its Secret unless that is left out. */
function synced({ spec = {}, written = {}, keys = ['database-url'] as readonly string[] | null } = {}): void {
  kubernetes?.apply(object(spec));
  kubernetes?.writeStatus({ ...object(spec), status: status(written) });
  if (keys !== null) writeTarget(keys);
}

function writeTarget(keys: readonly string[]): void {
  const stringData = Object.fromEntries(keys.map((key) => [key, 'correct-horse-battery']));
  const metadata = { name: 'checkout-secrets', namespace: 'payments' };
  kubernetes?.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData });
}

function check(line = 'external-secret:payments/checkout'): Promise<BundleResult> {
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
  writeFileSync(kubeconfig, kubernetes?.kubeconfig() ?? '');
  return runBundle('validate-secrets', { inputs: { secrets: line }, env: { KUBECONFIG: kubeconfig } });
}

describe('validate-secrets, ExternalSecrets', () => {
  it.each<[Version, readonly Version[]]>([
    ['v1', ['v1', 'v1beta1']],
    ['v1beta1', ['v1beta1']],
  ])(
    'one that is Ready and fresh is there, in %s of %j, with its keys, and no value is read',
    async (version, served) => {
      await cluster(served);
      synced();
      const result = await check('external-secret:payments/checkout#database-url');
      expect(result.exitCode).toBe(0);
      expect(result.lines.slice(1)).toEqual(['external-secret:payments/checkout  [EXISTS]', '1/1 secret is usable']);
      expect(kubernetes?.requests).toContain(
        `GET /apis/external-secrets.io/${version}/namespaces/payments/externalsecrets/checkout`,
      );
      expect(kubernetes?.contentsSent).toEqual([]);
    },
  );

  it('S14 one without a status is NOT-SYNCED', async () => {
    const { apply } = await cluster();
    apply(object());
    const result = await check();
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1)).toEqual([
      'external-secret:payments/checkout  [NOT-SYNCED]',
      '0/1 secret is usable; 1 is not',
    ]);
    expect(result.annotations).toMatchObject([
      {
        level: 'error',
        title: 'ExternalSecret is not synced',
        message: expect.stringMatching(
          /^external-secret:payments\/checkout is NOT-SYNCED: it has no status, so no operator has looked at it yet\.\nNext: .*kubectl describe externalsecret checkout -n payments$/s,
        ),
      },
    ]);
    expect(result.summary).toContain('NOT-SYNCED');
    expect(result.outputs['failed-count']).toBe('1');
  });

  it('S15 one that was synced once and whose store has failed since is NOT-SYNCED, with reason, message and time', async () => {
    await cluster();
    const message = 'could not get secret data from provider';
    synced({ written: { refreshed: 2 * MINUTE, ready: 'False', reason: 'SecretSyncedError', message } });
    const result = await check('external-secret:payments/checkout#database-url');
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toMatch(
      /NOT-SYNCED: its condition Ready says SecretSyncedError: could not get secret data from provider \(since 2026-11-20T08:00:00Z\)\. It was last synced at \d{4}-\S+Z\.\nNext: .*force-sync/s,
    );
    expect(JSON.parse(result.outputs['report'] ?? '').rows[0].sync).toMatchObject({
      why: 'not-ready',
      target: 'checkout-secrets',
      condition: { reason: 'SecretSyncedError', message, since: '2026-11-20T08:00:00Z' },
    });
  });

  it.each(['SecretDeleted', 'SecretMissing'])('one that calls itself Ready with %s has no Secret', async (reason) => {
    await cluster();
    synced({ written: { reason, message: 'the target secret is not there' }, keys: null });
    const result = await check();
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toContain(
      `NOT-SYNCED: it calls itself Ready, but its condition Ready says ${reason}: the target secret is not there (since 2026-11-20T08:00:00Z), so there is no Secret checkout-secrets.`,
    );
  });

  it.each([
    ['1h0m0s', 64 * MINUTE, 'EXISTS'],
    ['1h0m0s', 67 * MINUTE, 'NOT-SYNCED'],
    ['15s', 4 * MINUTE, 'EXISTS'],
    ['15s', 6 * MINUTE, 'NOT-SYNCED'],
    ['24h', 26 * 60 * MINUTE, 'EXISTS'],
    ['24h', 27 * 60 * MINUTE, 'NOT-SYNCED'],
    ['0', 365 * 24 * 60 * MINUTE, 'EXISTS'],
    ['0s', 365 * 24 * 60 * MINUTE, 'EXISTS'],
  ])('refreshed every %s, and %i ms ago: %s', async (refreshInterval, refreshed, verdict) => {
    await cluster();
    synced({ spec: { refreshInterval }, written: { refreshed } });
    const result = await check();
    expect(result.lines[1]).toBe(`external-secret:payments/checkout  [${verdict}]`);
    if (verdict === 'EXISTS') return;
    expect(result.annotations[0]?.message).toMatch(
      new RegExp(`it is Ready, but stale: it is to be refreshed every ${refreshInterval}\\. It was last synced at`),
    );
  });

  it.each([
    [{ refreshPolicy: 'CreatedOnce' }],
    [{ refreshPolicy: 'OnChange' }],
    [{ target: { name: 'checkout-secrets', immutable: true } }],
    [{ syncWindows: [{ days: ['Mon'] }] }],
  ])('is not stale by %j', async (spec) => {
    await cluster();
    synced({ spec, written: { refreshed: 365 * 24 * 60 * MINUTE } });
    expect((await check()).exitCode).toBe(0);
  });

  it.each([
    ['Periodic', 'NOT-SYNCED'],
    ['OnChange', 'NOT-SYNCED'],
    ['CreatedOnce', 'EXISTS'],
  ])('a changed spec that was not synced yet, %s: %s', async (refreshPolicy, verdict) => {
    const { apply } = await cluster();
    synced({ spec: { refreshPolicy } });
    apply(object({ refreshPolicy, data: [{ secretKey: 'new', remoteRef: { key: 'x' } }] }));
    const result = await check();
    expect(result.lines[1]).toBe(`external-secret:payments/checkout  [${verdict}]`);
    if (verdict === 'NOT-SYNCED')
      expect(result.annotations[0]?.message).toContain('NOT-SYNCED: its spec was changed after what was synced.');
  });

  it('the Secret that it writes has to be there, and stay', async () => {
    const { apply, ...standIn } = await cluster();
    synced({ keys: null });
    expect((await check()).annotations[0]?.message).toContain(
      'NOT-SYNCED: it is Ready, but the Secret checkout-secrets that it writes is not there.',
    );
    const metadata = { name: 'checkout-secrets', namespace: 'payments', finalizers: ['example.com/backup'] };
    apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { a: 'b' } });
    standIn.delete('secrets', 'payments', 'checkout-secrets');
    expect((await check()).annotations[0]?.message).toContain('that it writes is being deleted since');
  });

  it('S12 a key that the Secret has not is KEY-MISSING', async () => {
    await cluster();
    synced();
    const result = await check('external-secret:payments/checkout#database-urls');
    expect(result.exitCode).toBe(1);
    expect(result.lines[1]).toBe('external-secret:payments/checkout  [KEY-MISSING]');
    expect(result.annotations[0]?.message).toMatch(
      /it has no key database-urls\.\nNext: did you mean database-url for database-urls\?\nthe Secret is checkout-secrets; its keys come from spec\.data/,
    );
    expect(result.log).not.toContain('horse');
  });

  it.each([[{ creationPolicy: 'None' }], [{ manifest: { apiVersion: 'v1', kind: 'ConfigMap' } }]])(
    'a target %j has no Secret to look for, and no keys',
    async (target) => {
      await cluster();
      synced({ spec: { target }, keys: null });
      expect((await check()).exitCode).toBe(0);
      expect(kubernetes?.requests.some((request) => request.includes('/secrets/'))).toBe(false);
      const result = await check('external-secret:payments/checkout#a');
      expect(result.lines[1]).toBe('external-secret:payments/checkout  [KEY-MISSING]');
      expect(result.annotations[0]?.message).toContain('it writes no Secret that could have keys');
    },
  );

  it('what the account may not look at is taken from the operator, but no key of it', async () => {
    const { deny } = await cluster();
    synced();
    deny({ verb: '*', resource: 'secrets' });
    const result = await check();
    expect(result.exitCode).toBe(0);
    expect(JSON.parse(result.outputs['report'] ?? '').rows[0].sync).toMatchObject({ unseen: true });
    const looked = await check('external-secret:payments/checkout#database-url');
    expect(looked.lines[1]).toBe('external-secret:payments/checkout  [DENIED]');
    expect(looked.annotations[0]?.message).toMatch(
      /The ExternalSecret is there; whether the keys are in the Secret that it writes is not known\..*resourceNames: \["checkout-secrets"\].*resources: \["externalsecrets"\]\n {2}resourceNames: \["checkout"\].*kubectl auth can-i get secrets\/checkout-secrets -n payments/s,
    );
  });

  it('one that is being deleted is DELETING', async () => {
    const { apply, ...standIn } = await cluster();
    apply(object({}, { finalizers: ['externalsecrets.external-secrets.io/cleanup'] }));
    standIn.delete('externalsecrets', 'payments', 'checkout');
    expect((await check()).lines[1]).toBe('external-secret:payments/checkout  [DELETING]');
  });

  it('a cluster without the operator says so, once', async () => {
    await cluster([]);
    const result = await check('external-secret:payments/a\nexternal-secret:payments/b');
    expect(result.exitCode).toBe(1);
    expect(result.lines.at(-1)).toBe('0/2 secrets are usable; 2 are not');
    expect(result.annotations).toHaveLength(1);
    expect(result.annotations[0]?.message).toMatch(
      /^external-secret:payments\/a, external-secret:payments\/b are MISSING: context "stand-in" has no ExternalSecrets, since external-secrets\.io is not installed in it\./,
    );
  });

  it('a cluster with other versions than those that are read says so', async () => {
    await cluster(['v1alpha1']);
    expect((await check()).annotations[0]?.message).toMatch(
      /^external-secret:payments\/checkout is MISSING: context "stand-in" has ExternalSecrets, but neither as v1 nor as v1beta1\./,
    );
  });

  it('a missing one is MISSING, with the one that was meant; an optional one that is not synced is a warning', async () => {
    const { apply } = await cluster();
    apply(object());
    const result = await check('external-secret:payments/chekout\nexternal-secret:payments/checkout ?');
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1)).toEqual([
      'external-secret:payments/checkout  [NOT-SYNCED]',
      'external-secret:payments/chekout   [MISSING]',
      '0/2 secrets are usable; 1 is not; 1 warning',
    ]);
    expect(result.annotations[1]?.message).toContain('did you mean external-secret:payments/checkout, which is there?');
  });
});
