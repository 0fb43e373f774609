import { type HttpClient, HttpFailure, type HttpRequest, type HttpStream } from '@delivery-actions/http';
import { type ManualClock, manualClock } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { type ClusterAccess, deployments, type KubeObject, kubeClient, type WatchEvent } from '../src/index.ts';

type Answer =
  | HttpFailure
  | { status?: number; headers?: Record<string, string>; body?: unknown; lines?: unknown[]; open?: boolean };

const access: ClusterAccess = {
  server: 'https://kube.example',
  namespace: 'default',
  origin: 'a test',
  identity: async () => ({ headers: {}, tls: {} }),
  forget() {},
};

/** Answers in order; what is open stays silent after its lines until it is closed. */
function server(answers: readonly Answer[]): { http: HttpClient; paths: string[] } {
  const queue = [...answers];
  const paths: string[] = [];
  function next({ url }: HttpRequest): Exclude<Answer, HttpFailure> {
    paths.push(String(url).replace('https://kube.example/apis/apps/v1/namespaces/default/', ''));
    const answer = queue.shift() ?? { lines: [], open: true };
    if (answer instanceof HttpFailure) throw answer;
    return answer;
  }
  const head = { url: '', headers: {} };
  const http = {
    async request(request: HttpRequest) {
      const { status = 200, headers = {}, body } = next(request);
      return { ...head, status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) };
    },
    async stream(request: HttpRequest): Promise<HttpStream> {
      const { status = 200, headers = {}, body, lines = [], open = false } = next(request);
      const ended = Promise.withResolvers<void>();
      request.signal?.addEventListener('abort', () => ended.resolve());
      async function* chunks() {
        if (body !== undefined) yield Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
        for (const line of lines) yield Buffer.from(`${JSON.stringify(line)}\n`);
        if (!open) return;
        await ended.promise;
        throw new HttpFailure('reset', 'the connection to kube.example was lost', true);
      }
      return { ...head, status, headers, body: chunks(), close: () => ended.resolve() };
    },
  };
  return { http: http as unknown as HttpClient, paths };
}

const object = (name: string, resourceVersion: string) => ({ metadata: { name, uid: name, resourceVersion } });
const list = (resourceVersion: string, ...items: object[]) => ({ body: { metadata: { resourceVersion }, items } });
const expired = {
  type: 'ERROR',
  object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' },
};

/** The events of a watch that is called off once all answers were used and nothing moves any more. */
async function eventsOf(
  answers: readonly Answer[],
  { clock = manualClock({ idle: 'skip' }), expecting = 1, idle = 90_000 } = {},
) {
  const { http, paths } = server(answers);
  const client = kubeClient({ access, http, clock, limits: { idle } });
  const stop = new AbortController();
  const events: WatchEvent<KubeObject>[] = [];
  let failure: unknown;
  try {
    for await (const event of client.watch(deployments, 'default', {
      fieldSelector: 'metadata.name=web',
      signal: stop.signal,
    })) {
      events.push(event);
      if (events.length === expecting) break;
    }
  } catch (error) {
    failure = error;
  }
  stop.abort();
  return { events, paths, failure };
}

describe('a watch', () => {
  it('R02 starts with a consistent list, never with the server’s cache', async () => {
    const { paths } = await eventsOf(
      [list('7', object('web', '5')), { lines: [{ type: 'MODIFIED', object: object('web', '8') }] }],
      { expecting: 2 },
    );
    expect(paths[0]).toBe('deployments?fieldSelector=metadata.name%3Dweb');
    expect(paths[1]).toBe(
      'deployments?fieldSelector=metadata.name%3Dweb&watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=290',
    );
  });

  it('goes on from the last version when the server ends it, bookmarks included', async () => {
    const { events, paths } = await eventsOf(
      [
        list('7', object('web', '5')),
        {
          lines: [
            { type: 'MODIFIED', object: object('web', '8') },
            { type: 'BOOKMARK', object: { metadata: { resourceVersion: '40' } } },
          ],
        },
        { lines: [{ type: 'DELETED', object: object('web', '41') }] },
      ],
      { expecting: 3 },
    );
    expect(events.map(({ type }) => type)).toEqual(['listed', 'changed', 'deleted']);
    expect(paths[2]).toContain('resourceVersion=40');
  });

  it.each([
    ['in the stream', { lines: [expired] }],
    ['as the answer', { status: 410, body: expired.object }],
  ])('lists anew when the version is too old, said %s', async (_, answer) => {
    const { events } = await eventsOf([list('7', object('web', '5')), answer, list('90', object('web', '88'))], {
      expecting: 2,
    });
    expect(events).toEqual([
      { type: 'listed', objects: [object('web', '5')] },
      { type: 'listed', objects: [object('web', '88')] },
    ]);
  });

  it('R17 a half-open connection is given up after the idle time and opened anew from the last version', async () => {
    const clock: ManualClock = manualClock();
    const { http, paths } = server([
      list('7', object('web', '5')),
      { lines: [{ type: 'MODIFIED', object: object('web', '8') }], open: true },
      { lines: [{ type: 'MODIFIED', object: object('web', '9') }], open: true },
    ]);
    const events = kubeClient({ access, http, clock }).watch(deployments, 'default');
    expect((await events.next()).value).toMatchObject({ type: 'listed' });
    expect((await events.next()).value).toMatchObject({ object: object('web', '8') });
    const third = events.next();
    await clock.advance(89_000);
    expect(paths).toHaveLength(2);
    await clock.advance(1_000);
    expect((await third).value).toMatchObject({ object: object('web', '9') });
    expect(paths[2]).toContain('resourceVersion=8');
    await events.return(undefined as never);
  });

  it('R20 a credential that is refused in the middle is refreshed once', async () => {
    let token = 'old';
    const used: (string | undefined)[] = [];
    const { http } = server([
      list('7'),
      { status: 401, body: {} },
      { lines: [{ type: 'ADDED', object: object('web', '8') }] },
    ]);
    const recording: HttpClient = {
      request: (request) => http.request(request),
      stream(request) {
        used.push(request.headers?.['authorization']);
        return http.stream(request);
      },
    };
    const renewed: ClusterAccess = {
      ...access,
      identity: async () => ({ headers: { authorization: token }, tls: {} }),
      forget() {
        token = 'new';
      },
    };
    const events = kubeClient({ access: renewed, http: recording, clock: manualClock() }).watch(deployments, 'default');
    await events.next();
    expect((await events.next()).value).toMatchObject({ type: 'changed' });
    expect(used).toEqual(['old', 'new']);
    await events.return(undefined as never);
  });

  it('ends when the credential is refused twice', async () => {
    const { failure } = await eventsOf([
      { status: 401, body: {} },
      { status: 401, body: {} },
    ]);
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      message: 'the API server does not accept the credential (401) for list deployments.apps in namespace "default"',
    });
  });

  it('R16 without the right ends with the rule that is missing', async () => {
    const message =
      'deployments.apps is forbidden: User "system:serviceaccount:j:ci" cannot watch resource "deployments" in API group "apps" in the namespace "default"';
    const { failure } = await eventsOf([list('7'), { status: 403, body: { kind: 'Status', message } }], {
      expecting: 2,
    });
    expect(failure).toMatchObject({
      kind: 'forbidden',
      message: '"system:serviceaccount:j:ci" may not watch deployments.apps in namespace "default"',
      rule: { group: 'apps', resource: 'deployments', verb: 'watch', namespace: 'default' },
      hint: 'add this rule to a Role of the account in namespace "default":\n- apiGroups: ["apps"]\n  resources: ["deployments"]\n  verbs: ["get", "list", "watch"]',
    });
  });

  it('waits as long as Retry-After says: the body of a 429 is plain text', async () => {
    const clock = manualClock();
    const { http, paths } = server([
      list('7'),
      { status: 429, headers: { 'retry-after': '3' }, body: 'Too many requests, please try again later.' },
      { lines: [{ type: 'ADDED', object: object('web', '8') }] },
    ]);
    const events = kubeClient({ access, http, clock }).watch(deployments, 'default');
    await events.next();
    const second = events.next();
    await clock.advance(2_900);
    expect(paths).toHaveLength(2);
    await clock.advance(200);
    expect((await second).value).toMatchObject({ type: 'changed' });
    await events.return(undefined as never);
  });

  it('outlives a server that is away for a while', async () => {
    const away = Array.from(
      { length: 20 },
      () => new HttpFailure('refused', 'kube.example refused the connection', false),
    );
    const { events } = await eventsOf(
      [list('7'), ...away, { lines: [{ type: 'ADDED', object: object('web', '8') }] }],
      { expecting: 2 },
    );
    expect(events[1]).toMatchObject({ type: 'changed' });
  });

  it('does not wait for a server that was never there', async () => {
    const away = Array.from(
      { length: 9 },
      () => new HttpFailure('refused', 'kube.example refused the connection', false),
    );
    const { failure, paths } = await eventsOf(away);
    expect(failure).toMatchObject({
      kind: 'unreachable',
      message: 'the API server cannot be asked: kube.example refused the connection',
    });
    expect(paths).toHaveLength(4);
  });

  it('ends at once on a certificate that is not trusted', async () => {
    const { failure, paths } = await eventsOf([
      new HttpFailure('tls', 'kube.example has no trusted TLS certificate', false),
    ]);
    expect(failure).toMatchObject({
      kind: 'unreachable',
      hint: "check the cluster's certificate-authority-data in the kubeconfig",
    });
    expect(paths).toHaveLength(1);
  });

  it('tells a web page from an API server', async () => {
    const { failure } = await eventsOf([{ body: '<html>' }]);
    expect(failure).toMatchObject({
      kind: 'strange',
      hint: 'is the address in the kubeconfig that of a Kubernetes API server?',
    });
  });
});
