import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  type ContainerRuntime,
  type Deployment,
  type ImageBehaviour,
  imageRuntime,
  type KubernetesStandIn,
  type Pod,
  type ReplicaSet,
  startKubernetes,
} from '../src/index.ts';

function web(image: string, spec: object = {}) {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image, env: [{ name: 'PORT', value: '0' }] }] },
      },
      ...spec,
    },
  };
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 3));
}

const status = (kubernetes: KubernetesStandIn) => kubernetes.get<Deployment>('deployments', 'shop', 'web')?.status;
const progressing = (kubernetes: KubernetesStandIn) =>
  status(kubernetes)?.conditions?.find(({ type }) => type === 'Progressing');
const done = (kubernetes: KubernetesStandIn) => () =>
  progressing(kubernetes)?.reason === 'NewReplicaSetAvailable' &&
  status(kubernetes)?.updatedReplicas === 3 &&
  status(kubernetes)?.replicas === 3;
const containers = (kubernetes: KubernetesStandIn) =>
  kubernetes.list<Pod>('pods', 'shop').flatMap((pod) => pod.status?.containerStatuses ?? []);

function cluster(images: Record<string, ImageBehaviour> = {}) {
  return startKubernetes({ runtime: imageRuntime(images) });
}

describe('the Deployment controller', () => {
  it('rolls out step by step: one more than wanted, none fewer available', async () => {
    await using kubernetes = await cluster({ 'r/web:2': { ready: 30 } });
    kubernetes.apply(web('r/web:1'));
    await until(done(kubernetes));
    kubernetes.setImage('shop', 'web', 'app', 'r/web:2');
    const seen: { replicas: number; available: number }[] = [];
    await until(() => {
      const { replicas = 0, availableReplicas: available = 0 } = status(kubernetes) ?? {};
      seen.push({ replicas, available });
      return (
        kubernetes.get<Deployment>('deployments', 'shop', 'web')?.metadata.annotations?.[
          'deployment.kubernetes.io/revision'
        ] === '2' && done(kubernetes)()
      );
    });
    expect(Math.max(...seen.map(({ replicas }) => replicas))).toBe(4);
    expect(Math.min(...seen.map(({ available }) => available))).toBe(3);
    const revisions = kubernetes
      .list<ReplicaSet>('replicasets', 'shop')
      .map(({ metadata, spec }) => [metadata.annotations?.['deployment.kubernetes.io/revision'], spec.replicas]);
    expect(revisions.sort()).toEqual([
      ['1', 0],
      ['2', 3],
    ]);
  });

  it('writes the revision and the condition first, and the observed generation with the counts', async () => {
    await using kubernetes = await cluster();
    const before: [number | undefined, number | undefined][] = [];
    kubernetes.apply(web('r/web:1'));
    await until(() => {
      const { metadata, status: now } = kubernetes.get<Deployment>('deployments', 'shop', 'web') as Deployment;
      if (metadata.annotations?.['deployment.kubernetes.io/revision'] === undefined)
        before.push([now?.observedGeneration, now?.updatedReplicas]);
      return done(kubernetes)();
    });
    expect(new Set(before.flat())).toEqual(new Set([undefined]));
  });

  it('revives the ReplicaSet of a template that comes back, as a new revision', async () => {
    await using kubernetes = await cluster();
    for (const image of ['r/web:1', 'r/web:2', 'r/web:1']) {
      kubernetes.apply(web(image));
      await until(
        () =>
          containers(kubernetes).length === 3 &&
          containers(kubernetes).every((each) => each.image === image) &&
          done(kubernetes)(),
      );
    }
    const revisions = kubernetes
      .list<ReplicaSet>('replicasets', 'shop')
      .map(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision']);
    expect(revisions.sort()).toEqual(['2', '3']);
  });

  it('says when the progress deadline has passed, and when it went on after all', async () => {
    await using kubernetes = await cluster({ 'r/web:1': { ready: false } });
    kubernetes.apply(web('r/web:1', { progressDeadlineSeconds: 1 }));
    await until(() => progressing(kubernetes)?.reason === 'ProgressDeadlineExceeded');
    expect(progressing(kubernetes)).toMatchObject({
      status: 'False',
      message: expect.stringMatching(/^ReplicaSet "web-\w+" has timed out progressing\.$/),
    });
    kubernetes.setImage('shop', 'web', 'app', 'r/web:2');
    await until(done(kubernetes));
  });

  it('does not touch a paused Deployment but for its counts', async () => {
    await using kubernetes = await cluster();
    kubernetes.apply(web('r/web:1', { paused: true }));
    await until(() => status(kubernetes)?.observedGeneration === 1);
    expect(kubernetes.list('replicasets', 'shop')).toEqual([]);
  });

  it('takes everything with it when it is deleted', async () => {
    await using kubernetes = await cluster();
    kubernetes.apply(web('r/web:1'));
    await until(done(kubernetes));
    kubernetes.delete('deployments', 'shop', 'web');
    await until(
      () => kubernetes.list('pods', 'shop').length === 0 && kubernetes.list('replicasets', 'shop').length === 0,
    );
  });
});

describe('the kubelet', () => {
  it('writes a pull error, then the back-off with its cause', async () => {
    await using kubernetes = await cluster({ 'r/web:typo': { pullError: 'r/web:typo: not found' } });
    kubernetes.apply(web('r/web:typo', { replicas: 1 }));
    const seen = new Map<string | undefined, string | undefined>();
    await until(() => {
      for (const { state } of containers(kubernetes)) seen.set(state.waiting?.reason, state.waiting?.message);
      return seen.has('ErrImagePull') && seen.has('ImagePullBackOff');
    });
    expect(seen.get('ErrImagePull')).toBe('r/web:typo: not found');
    expect(seen.get('ImagePullBackOff')).toBe(
      'Back-off pulling image "r/web:typo": ErrImagePull: r/web:typo: not found',
    );
    expect(kubernetes.list<Pod>('pods', 'shop')[0]?.status?.phase).toBe('Pending');
    expect(JSON.stringify(kubernetes.list('events', 'shop'))).toContain(
      'Failed to pull image \\"r/web:typo\\": r/web:typo: not found',
    );
  });

  it('restarts what crashes, with the last state and a growing count', async () => {
    await using kubernetes = await cluster({ 'r/web:1': { exitCode: 7, crashes: 3 } });
    kubernetes.apply(web('r/web:1', { replicas: 1 }));
    await until(() =>
      containers(kubernetes).some(
        ({ restartCount, state }) => restartCount === 2 && state.waiting?.reason === 'CrashLoopBackOff',
      ),
    );
    expect(containers(kubernetes)[0]).toMatchObject({
      lastState: { terminated: { exitCode: 7, reason: 'Error' } },
      ready: false,
    });
    await until(() => containers(kubernetes)[0]?.ready === true);
    expect(containers(kubernetes)[0]).toMatchObject({ restartCount: 3 });
  });

  it('runs real servers behind a Service, gives them their environment, and ends them all', async () => {
    const open = new Set<string>();
    const runtime: ContainerRuntime = {
      async start({ image, pod, env }) {
        const server = createServer((_, response) => response.end(`${image} ${JSON.stringify(env)}`));
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        open.add(pod);
        const { promise: exited, resolve } = Promise.withResolvers<number>();
        return {
          address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
          exited,
          ready: async () => true,
          logs: () => '',
          async stop() {
            server.closeAllConnections();
            await new Promise((closed) => server.close(closed));
            open.delete(pod);
            resolve(143);
          },
        };
      },
    };
    const kubernetes = await startKubernetes({ runtime });
    const url = await kubernetes.serviceUrl('shop', 'web');
    kubernetes.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { selector: { app: 'web' } },
    });
    expect(await (await fetch(url)).text()).toBe('no endpoints available for service "web"\n');
    kubernetes.apply(web('r/web:1'));
    await until(done(kubernetes));
    expect(await (await fetch(`${url}/orders?x=1`)).text()).toBe('r/web:1 {"PORT":"0"}');
    kubernetes.setImage('shop', 'web', 'app', 'r/web:2');
    await until(
      () =>
        containers(kubernetes).length === 3 &&
        containers(kubernetes).every(({ image, ready }) => image === 'r/web:2' && ready),
    );
    expect(await (await fetch(url)).text()).toBe('r/web:2 {"PORT":"0"}');
    await until(() => open.size === 3);
    expect(await kubernetes.serviceUrl('shop', 'web')).toBe(url);
    await kubernetes.close();
    expect(open.size).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

describe('without TLS', () => {
  it('everyone is let in, since no client sends a credential', async () => {
    await using kubernetes = await startKubernetes({ tls: false });
    expect(kubernetes.url).toMatch(/^http:/);
    expect((await fetch(`${kubernetes.url}/api/v1/namespaces/default/pods`)).status).toBe(200);
    expect(kubernetes.kubeconfig('shop')).toContain(`server: ${kubernetes.url}\n`);
  });
});
