import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpClient } from '@delivery-actions/http';
import { systemClock } from '@delivery-actions/waiting';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KubeClient, type KubeFailure, kubeClient, namespaces, secrets } from '../src/index.ts';

let server: Server;
let client: KubeClient;
let asked: { path: string; accept: string }[];
let answer: { status: number; body: unknown };

beforeEach(async () => {
  asked = [];
  server = createServer(({ url = '', headers: { accept = '' } }, response) => {
    asked.push({ path: url, accept });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const access = {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespace: 'default',
    origin: 'context "c"',
    forget() {},
    identity: async () => ({ headers: {}, tls: {} }),
  };
  client = kubeClient({ access, http: httpClient(), clock: systemClock });
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

describe('metadata alone', () => {
  it('is all that is accepted, so that contents never come in its place', async () => {
    answer = { status: 200, body: { metadata: { name: 'a' } } };
    expect((await client.metadata(secrets, 'n', 'a')).metadata.name).toBe('a');
    expect(asked).toEqual([
      {
        path: '/api/v1/namespaces/n/secrets/a',
        accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      },
    ]);
    answer = { status: 406, body: {} };
    await expect(client.metadata(secrets, 'n', 'a')).rejects.toMatchObject({ kind: 'strange' });
  });

  it('of none is an empty list, though the server says null', async () => {
    answer = { status: 200, body: { metadata: { resourceVersion: '1' }, items: null } };
    expect((await client.listMetadata(secrets, 'n')).items).toEqual([]);
    expect(asked[0]?.accept).toContain('PartialObjectMetadataList;');
  });

  it('of objects that are in no namespace, and of all namespaces', async () => {
    answer = { status: 200, body: { metadata: { name: 'n' }, items: [] } };
    await client.metadata(namespaces, '', 'n');
    await client.listMetadata(secrets, '', { fieldSelector: 'metadata.name=a' });
    expect(asked.map(({ path }) => path)).toEqual([
      '/api/v1/namespaces/n',
      '/api/v1/secrets?fieldSelector=metadata.name%3Da',
    ]);
  });

  it('that is forbidden says to whom, and where', async () => {
    const message = 'secrets "a" is forbidden: User "system:serviceaccount:n:ci" cannot get resource "secrets"';
    answer = { status: 403, body: { kind: 'Status', message } };
    const failure: KubeFailure = await client.metadata(secrets, 'n', 'a').catch((error) => error);
    expect(failure).toMatchObject({ kind: 'forbidden', account: 'system:serviceaccount:n:ci' });
    const everywhere: KubeFailure = await client.listMetadata(secrets, '').catch((error) => error);
    expect(everywhere.message).toBe('"system:serviceaccount:n:ci" may not list secrets');
  });
});

describe('the versions of a group', () => {
  it('come with the preferred one first, each once', async () => {
    const versions = [{ version: 'v1beta1' }, { version: 'v1' }];
    answer = { status: 200, body: { versions, preferredVersion: { version: 'v1' } } };
    expect(await client.versions('external-secrets.io')).toEqual(['v1', 'v1beta1']);
    expect(asked[0]?.path).toBe('/apis/external-secrets.io');
  });

  it('are none where the server does not know the group', async () => {
    answer = { status: 404, body: { kind: 'Status', reason: 'NotFound' } };
    expect(await client.versions('external-secrets.io')).toEqual([]);
  });
});
