import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KubernetesStandIn, startKubernetes } from '../src/index.ts';

let kubernetes: KubernetesStandIn;
beforeEach(async () => {
  kubernetes = await startKubernetes({ controllers: false, tls: false });
});
afterEach(() => kubernetes.close());

const SECRETS = '/api/v1/namespaces/default/secrets';
const ACCEPT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const ACCEPT_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

interface Answer {
  readonly metadata: {
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly managedFields: readonly { readonly time: string; readonly fieldsV1?: Record<string, object> }[];
  };
  readonly items: readonly { readonly data?: unknown }[];
}

async function ask(path: string, accept = 'application/json'): Promise<Answer> {
  const answer = await fetch(`${kubernetes.url}${path}`, { headers: { accept } });
  return (await answer.json()) as Answer;
}

function secret(stringData: Record<string, string>, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', ...metadata }, stringData };
}

function keysOf({ metadata }: Answer): string[] {
  return metadata.managedFields.flatMap(({ fieldsV1 = {} }) => Object.keys(fieldsV1['f:data'] ?? {}));
}

describe('Secrets', () => {
  it('are written as texts and read in base64', async () => {
    kubernetes.apply(secret({ key: 'value' }));
    expect(await ask(`${SECRETS}/a`)).toMatchObject({ type: 'Opaque', data: { key: 'dmFsdWU=' } });
    expect(kubernetes.contentsSent).toEqual(['secrets/default/a']);
  });

  it('give their metadata alone, with the fields that were written', async () => {
    kubernetes.apply(secret({ key: 'value' }));
    const answer = await ask(`${SECRETS}/a`, ACCEPT);
    expect(answer).toMatchObject({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { name: 'a' },
    });
    expect(Object.keys(answer)).toEqual(['kind', 'apiVersion', 'metadata']);
    expect(keysOf(answer)).toEqual(['.', 'f:key']);
    expect(answer.metadata.managedFields[0]?.time).toBe(answer.metadata.creationTimestamp);
    expect(kubernetes.contentsSent).toEqual([]);
  });

  it('list their metadata alone, and null when there is none', async () => {
    expect(await ask(SECRETS, ACCEPT_LIST)).toMatchObject({ kind: 'PartialObjectMetadataList', items: null });
    kubernetes.apply(secret({ key: 'value' }));
    const { items } = await ask(SECRETS, ACCEPT_LIST);
    expect(items).toMatchObject([{ kind: 'PartialObjectMetadata', metadata: { name: 'a' } }]);
    expect(items[0]?.data).toBeUndefined();
  });

  it('forget who wrote what when that is asked, and learn only what changes after', async () => {
    kubernetes.apply(secret({ old: '1', changed: '1' }));
    kubernetes.apply(secret({ old: '1', changed: '1' }, { managedFields: [{}] }));
    expect(keysOf(await ask(`${SECRETS}/a`, ACCEPT))).toEqual([]);
    kubernetes.apply(secret({ old: '1', changed: '2' }));
    expect(keysOf(await ask(`${SECRETS}/a`, ACCEPT))).toEqual(['.', 'f:changed']);
  });

  it('stay until their last finalizer is gone', async () => {
    kubernetes.apply(secret({ key: 'value' }, { finalizers: ['example.com/a'] }));
    kubernetes.delete('secrets', 'default', 'a');
    expect((await ask(`${SECRETS}/a`)).metadata.deletionTimestamp).toMatch(/Z$/);
    await fetch(`${kubernetes.url}${SECRETS}/a`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: '{"metadata":{"finalizers":null}}',
    });
    expect(await ask(`${SECRETS}/a`)).toMatchObject({ code: 404, message: 'secrets "a" not found' });
  });
});

describe('ExternalSecrets', () => {
  it('are not there in a new cluster', async () => {
    expect((await fetch(`${kubernetes.url}/apis/external-secrets.io`)).status).toBe(404);
  });

  it('are one object in each version that is served', async () => {
    await using both = await startKubernetes({ controllers: false, tls: false, externalSecrets: ['v1beta1'] });
    const group = await (await fetch(`${both.url}/apis/external-secrets.io`)).json();
    expect(group).toMatchObject({ kind: 'APIGroup', versions: [{ version: 'v1beta1' }] });
    both.apply({ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name: 'a' }, spec: {} });
    const at = (version: string) =>
      fetch(`${both.url}/apis/external-secrets.io/${version}/namespaces/default/externalsecrets/a`);
    expect((await at('v1beta1')).status).toBe(200);
    expect((await at('v1')).status).toBe(404);
  });
});
