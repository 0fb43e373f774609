import { request } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KubernetesStandIn, startKubernetes } from '../src/index.ts';

let kubernetes: KubernetesStandIn;
const TOKEN = 'token-of-the-stand-in-cluster';

beforeEach(async () => {
  kubernetes = await startKubernetes({ controllers: false, bookmarkPeriod: 20 });
});
afterEach(() => kubernetes.close());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
  json(): Record<string, unknown>;
}

interface Options {
  readonly method?: string;
  readonly token?: string | null;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly cert?: { cert: string; key: string };
  /** Closes the connection once the body has this text. */
  readonly enough?: string;
}

function ask(
  path: string,
  { method = 'GET', token = TOKEN, body, contentType = 'application/json', cert, enough }: Options = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), 'content-type': contentType };
    const asked = request(
      `${kubernetes.url}${path}`,
      { method, headers, ca: kubernetes.certificateAuthority, agent: false, ...cert },
      (answer) => {
        let text = '';
        const end = () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: text,
            json: () => JSON.parse(text),
          });
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8');
          if (enough !== undefined && text.includes(enough)) {
            end();
            asked.destroy();
          }
        });
        answer.on('end', end);
        answer.on('error', () => {});
      },
    );
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

function web(image = 'r/web:1', more: object = {}) {
  const containers = [
    { name: 'app', image, env: [{ name: 'A', value: '1' }] },
    { name: 'proxy', image: 'r/proxy:1' },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' }, ...more },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
  };
}

/** The events of a watch until one has this text. */
async function watched(
  query: string,
  enough: string,
): Promise<{ type: string; object: { metadata: Record<string, string> } }[]> {
  const { body } = await ask(`${DEPLOYMENTS}?watch=true&${query}`, { enough });
  return body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('the API server', () => {
  it('creates with defaults, counts the generation with the spec alone, and refuses what does not fit', async () => {
    const created = await ask(DEPLOYMENTS, { method: 'POST', body: web() });
    expect(created.status).toBe(201);
    expect(created.json()).toMatchObject({
      metadata: { generation: 1 },
      spec: { replicas: 1, progressDeadlineSeconds: 600 },
    });
    expect((await ask(DEPLOYMENTS, { method: 'POST', body: web() })).json()).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
    });
    const labelled = await ask(`${DEPLOYMENTS}/web`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { team: 'a' } } },
    });
    expect(labelled.json()).toMatchObject({ metadata: { generation: 1, labels: { app: 'web', team: 'a' } } });
    const scaled = await ask(`${DEPLOYMENTS}/web`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: { spec: { replicas: 3 } },
    });
    expect(scaled.json()).toMatchObject({ metadata: { generation: 2 } });
    const stale = await ask(`${DEPLOYMENTS}/web`, { method: 'PUT', body: created.json() });
    expect(stale.json()).toMatchObject({ code: 409, reason: 'Conflict' });
    const wrong = {
      ...web(),
      metadata: { name: 'b' },
      spec: { ...web().spec, selector: { matchLabels: { app: 'b' } } },
    };
    expect((await ask(DEPLOYMENTS, { method: 'POST', body: wrong })).json()).toMatchObject({
      code: 422,
      reason: 'Invalid',
    });
    expect(
      (await ask('/apis/apps/v1/namespaces/nowhere/deployments', { method: 'POST', body: web() })).json(),
    ).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' });
  });

  it('merges containers by name in a strategic patch, and the status through its own path only', async () => {
    kubernetes.apply(web());
    const patch = {
      spec: { template: { spec: { $setElementOrder: [], containers: [{ name: 'app', image: 'r/web:2' }] } } },
      status: { replicas: 9 },
    };
    const patched = await ask(`${DEPLOYMENTS}/web`, {
      method: 'PATCH',
      contentType: 'application/strategic-merge-patch+json',
      body: patch,
    });
    expect(patched.json()).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'app', image: 'r/web:2', env: [{ name: 'A', value: '1' }] },
              { name: 'proxy', image: 'r/proxy:1' },
            ],
          },
        },
      },
    });
    expect(patched.json()['status']).toBeUndefined();
    const status = await ask(`${DEPLOYMENTS}/web/status`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: { status: { replicas: 9 } },
    });
    expect(status.json()).toMatchObject({ metadata: { generation: 2 }, status: { replicas: 9 } });
  });

  it('applies a JSON patch, and says where it does not fit', async () => {
    kubernetes.apply(web('r/web:1', { annotations: { 'a/b': 'x' } }));
    const contentType = 'application/json-patch+json';
    const body = [
      { op: 'test', path: '/metadata/annotations/a~1b', value: 'x' },
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'r/web:3' },
      { op: 'remove', path: '/metadata/annotations/a~1b' },
    ];
    expect((await ask(`${DEPLOYMENTS}/web`, { method: 'PATCH', contentType, body })).json()).toMatchObject({
      metadata: { annotations: {} },
      spec: { template: { spec: { containers: [{ image: 'r/web:3' }, {}] } } },
    });
    expect(
      (
        await ask(`${DEPLOYMENTS}/web`, {
          method: 'PATCH',
          contentType,
          body: [{ op: 'add', path: '/spec/no/where', value: 1 }],
        })
      ).status,
    ).toBe(422);
  });

  it('selects by field and label', async () => {
    for (const [name, tier] of [
      ['a', 'web'],
      ['b', 'api'],
      ['c', 'job'],
    ])
      kubernetes.apply({ ...web(), metadata: { name, labels: { tier } } });
    const names = async (query: string) =>
      ((await ask(`${DEPLOYMENTS}?${query}`)).json()['items'] as { metadata: { name: string } }[]).map(
        ({ metadata }) => metadata.name,
      );
    expect(await names('fieldSelector=metadata.name%3Db')).toEqual(['b']);
    expect(await names('labelSelector=tier%20in%20(web,api)')).toEqual(['a', 'b']);
    expect(await names('labelSelector=tier!%3Dweb,tier')).toEqual(['b', 'c']);
    expect(await names('labelSelector=!tier')).toEqual([]);
  });

  it('knows who asks: by token, by client certificate, or not at all', async () => {
    expect((await ask(DEPLOYMENTS)).status).toBe(200);
    expect((await ask(DEPLOYMENTS, { token: 'wrong' })).json()).toMatchObject({ code: 401, reason: 'Unauthorized' });
    expect((await ask(DEPLOYMENTS, { token: null })).status).toBe(401);
    kubernetes.deny({ verb: 'list', resource: 'pods' }, { verb: 'get', resource: 'pods/log' });
    expect(
      (await ask('/api/v1/namespaces/j/pods', { token: null, cert: kubernetes.clientCertificate('ci') })).json(),
    ).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: 'pods is forbidden: User "ci" cannot list resource "pods" in API group "" in the namespace "j"',
    });
    expect((await ask('/api/v1/namespaces/j/pods/web-1/log')).json()).toMatchObject({
      message:
        'pods "web-1" is forbidden: User "developer" cannot get resource "pods/log" in API group "" in the namespace "j"',
    });
  });

  it('answers 429 in plain text', async () => {
    kubernetes.throttle(1, 1);
    const { status, headers, body } = await ask(DEPLOYMENTS);
    expect([status, headers['retry-after'], headers['content-type'], body]).toEqual([
      429,
      '1',
      'text/plain',
      'Too many requests, please try again later.',
    ]);
    expect((await ask(DEPLOYMENTS)).status).toBe(200);
  });

  it('is found by discovery', async () => {
    expect((await ask('/apis/apps/v1')).json()).toMatchObject({ kind: 'APIResourceList', groupVersion: 'apps/v1' });
    expect((await ask('/version')).json()).toMatchObject({ major: '1', minor: '34' });
    expect((await ask('/apis/nothing/v1')).status).toBe(404);
    expect((await ask('/openapi/v3/apis/apps/v1')).body).toContain('fieldValidation');
  });
});

describe('a watch of the API server', () => {
  it('sends what came after its version, an object that leaves the selection as a deletion, then bookmarks', async () => {
    kubernetes.apply(web());
    const { metadata } = (await ask(DEPLOYMENTS)).json() as { metadata: { resourceVersion: string } };
    kubernetes.setImage('default', 'web', 'app', 'r/web:2');
    kubernetes.apply({ ...web('r/web:2'), metadata: { name: 'web', labels: { app: 'other' } } });
    const events = await watched(`resourceVersion=${metadata.resourceVersion}&allowWatchBookmarks=true`, 'BOOKMARK');
    expect(events.map(({ type }) => type)).toEqual(['MODIFIED', 'MODIFIED', 'BOOKMARK']);
    expect(Number(events[2]?.object.metadata['resourceVersion'])).toBeGreaterThan(Number(metadata.resourceVersion));
    const live = watched(
      `resourceVersion=${events[2]?.object.metadata['resourceVersion']}&labelSelector=app%3Dother`,
      'DELETED',
    );
    while (kubernetes.watchCount === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    kubernetes.apply({ ...web('r/web:2'), metadata: { name: 'web', labels: { app: 'web' } } });
    expect((await live).map(({ type }) => type)).toEqual(['DELETED']);
  });

  it('starts with everything when asked to, and marks the end of it', async () => {
    kubernetes.apply(web());
    const events = await watched(
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
      'initial-events-end',
    );
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
  });

  it('from a version that is forgotten is 410 Expired, before it starts or in the middle', async () => {
    kubernetes.apply(web());
    kubernetes.forgetHistory();
    expect((await ask(`${DEPLOYMENTS}?watch=true&resourceVersion=100`)).json()).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
    const { metadata } = (await ask(DEPLOYMENTS)).json() as { metadata: { resourceVersion: string } };
    const open = ask(`${DEPLOYMENTS}?watch=true&resourceVersion=${metadata.resourceVersion}`);
    while (kubernetes.watchCount === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    kubernetes.expireWatches();
    const { status, body } = await open;
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });

  it('ends cleanly at its timeoutSeconds', async () => {
    expect(await ask(`${DEPLOYMENTS}?watch=true&timeoutSeconds=0.02`)).toMatchObject({ status: 200, body: '' });
  });
});
