import { runBundle } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import {
  deployment,
  notFound,
  rolledOut,
  type TestCluster,
  testCluster,
  until,
} from '../../actions/wait-rollout/test/cluster.ts';

function wait(
  { kubeconfig }: Pick<TestCluster, 'kubeconfig'>,
  inputs: Record<string, string> = {},
  cancel?: { when: string; signal: NodeJS.Signals },
) {
  return runBundle('wait-rollout', {
    inputs: { workloads: 'deployment/checkout', timeout: '30s', ...inputs },
    env: { KUBECONFIG: kubeconfig },
    ...(cancel === undefined ? {} : { cancel }),
  });
}

/** Times and the random ends of pod names differ from run to run. */
function steady(text: string): string {
  return text
    .replace(/\d+(?:\.\d+)?(?:ms|s)\b/g, 'TIME')
    .replace(/ +TIME/g, ' TIME')
    .replace(/(checkout-)[a-z0-9]{10}-[0-9a-f]{5}/g, '$1POD');
}

describe('wait-rollout', () => {
  it('is green when all workloads run what was deployed', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: 300 } });
    cluster.kubernetes.apply(deployment('cart', 'r/cart:7'));
    await rolledOut(cluster, 'cart');
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    const { exitCode, lines, outputs, annotations, summary, masked } = await wait(cluster, {
      workloads: 'deployment/checkout\ndeployment/cart',
    });
    expect(annotations).toEqual([]);
    expect(exitCode).toBe(0);
    expect(lines[0]).toBe('Waiting for 2 workloads in namespace staging (context "stand-in"), at most 30s');
    expect(lines.map(steady)).toContain(' TIME  deployment/cart      2 of 2 replicas are updated and available');
    expect(lines.slice(-3).map(steady)).toEqual([
      'deployment/checkout  healthy  revision 1  r/checkout:1 TIME',
      'deployment/cart      healthy  revision 1  r/cart:7 TIME',
      '2/2 workloads rolled out in TIME',
    ]);
    expect(outputs).toEqual({
      result: 'healthy',
      reason: '',
      revision: '1\n1',
      images: 'r/checkout:1\nr/cart:7',
      'duration-seconds': expect.stringMatching(/^\d+(?:\.\d)?$/),
    });
    expect(summary).toContain('| ✅ | deployment/checkout | healthy | revision 1 |');
    expect(masked).toContain('token-of-the-stand-in-cluster');
  });

  it('R01 an image that cannot be pulled fails in seconds, with the image and the pull’s message', async () => {
    const image = 'registry.example/checkout:sha-a3f91c2b04dd';
    await using cluster = await testCluster({ [image]: { pullError: notFound(image) } });
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    await rolledOut(cluster, 'checkout');
    cluster.kubernetes.setImage('staging', 'checkout', 'app', image);
    const { exitCode, outputs, annotations, lines } = await wait(cluster, { timeout: '10m' });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ result: 'failed', reason: 'ImagePullFailed', revision: '2', images: image });
    expect(annotations.map(({ title, message }) => [title, steady(message)])).toEqual([
      [
        'deployment/checkout failed',
        `deployment/checkout failed: image "${image}" cannot be pulled: ${notFound(image)} (container app of pod checkout-POD).\n` +
          'Next: kubectl -n staging describe pod checkout-POD',
      ],
    ]);
    expect(steady(lines.at(-1) ?? '')).toBe(
      '0/1 workload rolled out: deployment/checkout failed (ImagePullFailed) after TIME',
    );
  });

  it('R01 is also told by a kubelet that keeps the cause in its back-off only', async () => {
    await using cluster = await testCluster(
      { 'r/checkout:2': { pullError: 'pull access denied' } },
      { pullCauseKept: true, pullBackoff: 60_000 },
    );
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:2'));
    expect((await wait(cluster)).outputs).toMatchObject({ result: 'failed', reason: 'ImagePullFailed' });
  });

  it('a container that keeps crashing fails, with its exit code and last words', async () => {
    await using cluster = await testCluster({
      'r/checkout:2': { exitCode: 78, logs: 'reading configuration\nError: DATABASE_URL is not set\n' },
    });
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:2', { replicas: 1 }));
    const { outputs, annotations } = await wait(cluster);
    expect(outputs).toMatchObject({ result: 'failed', reason: 'CrashLoop' });
    expect(annotations.map(({ message }) => steady(message).replace(/\d restarts/, 'N restarts'))).toEqual([
      'deployment/checkout failed: container app of pod checkout-POD keeps crashing (exit code 78, N restarts).\n' +
        'Last lines of container app in checkout-POD:\n  reading configuration\n  Error: DATABASE_URL is not set\n' +
        'Next: kubectl -n staging logs checkout-POD -c app --previous',
    ]);
  });

  it('R11 a pod that restarts twice and is then fine is healthy', async () => {
    await using cluster = await testCluster({ 'r/checkout:2': { exitCode: 1, crashes: 2 } });
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:2'));
    const { outputs, annotations } = await wait(cluster);
    expect(outputs).toMatchObject({ result: 'healthy' });
    expect(annotations).toEqual([]);
  });

  it('R15 a broken pod of the old revision is not judged', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { exitCode: 1 }, 'r/checkout:2': { ready: 400 } });
    const { kubernetes } = cluster;
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    await until(() => JSON.stringify(kubernetes.list('pods', 'staging')).includes('"restartCount":3'));
    kubernetes.setImage('staging', 'checkout', 'app', 'r/checkout:2');
    expect((await wait(cluster)).outputs).toMatchObject({ result: 'healthy', revision: '2', images: 'r/checkout:2' });
  });

  it('R06 a Deployment that is paused by its spec is an error at once', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1', { paused: true }));
    const { exitCode, outputs, annotations } = await wait(cluster, { timeout: '10m' });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ result: 'failed', reason: 'Paused' });
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'deployment/checkout failed',
        message:
          'deployment/checkout is paused by its spec: no new pods are made.\nNext: kubectl -n staging rollout resume deployment/checkout',
      },
    ]);
  });

  it('R07 a Deployment that is deleted and made again is deleted, and not followed', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: false } });
    const { kubernetes } = cluster;
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    void until(() => kubernetes.watchCount === 3).then(() => {
      kubernetes.delete('deployments', 'staging', 'checkout');
      kubernetes.apply(deployment('checkout', 'r/checkout:0'));
    });
    const { exitCode, outputs, annotations, lines } = await wait(cluster, { timeout: '10m' });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ result: 'deleted', reason: 'Deleted' });
    expect(annotations).toMatchObject([{ title: 'deployment/checkout deleted' }]);
    expect(steady(lines.at(-1) ?? '')).toBe('0/1 workload rolled out: deployment/checkout was deleted after TIME');
  });

  it('a progress deadline that has passed fails, with what the pods know', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: false } });
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1', { progressDeadlineSeconds: 1, replicas: 1 }));
    const { outputs, annotations } = await wait(cluster);
    expect(outputs).toMatchObject({ result: 'failed', reason: 'ProgressDeadlineExceeded' });
    expect(steady(annotations[0]?.message ?? '').split('\n')).toEqual([
      expect.stringMatching(
        /^deployment\/checkout exceeded its progress deadline: ReplicaSet "checkout-\w+" has timed out progressing\.$/,
      ),
      '- container app of pod checkout-POD runs, but its readiness probe does not succeed, for TIME',
      'Next: kubectl -n staging describe pod checkout-POD',
    ]);
  });

  it('R21 says on timeout which condition and which pods were missing, and since when', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: false, logs: 'listening on 8080\n' } });
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    const { exitCode, outputs, annotations, lines } = await wait(cluster, { timeout: '1s' });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ result: 'timeout', reason: 'Timeout', revision: '1' });
    const told = annotations.map(({ message }) => steady(message).split('\n'))[0];
    expect(told).toEqual([
      'deployment/checkout was not rolled out after TIME: 0 of 2 updated replicas are available.',
      '- condition Available is False (MinimumReplicasUnavailable): Deployment does not have minimum availability, for TIME',
      '- container app of pod checkout-POD runs, but its readiness probe does not succeed, for TIME',
      '- container app of pod checkout-POD runs, but its readiness probe does not succeed, for TIME',
      'Last lines of container app in checkout-POD:',
      '  listening on 8080',
      'Next: kubectl -n staging describe pod checkout-POD',
    ]);
    expect(steady(lines.at(-1) ?? '')).toBe('0/1 workload rolled out: deployment/checkout timed out after TIME');
  });

  it('names every workload that does not exist at once, with the one that was meant', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    const { exitCode, outputs, annotations } = await wait(cluster, {
      workloads: 'deployment/chekout\nrollout/checkout\ndeployment/x',
    });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ result: 'failed', reason: 'NotFound' });
    expect(annotations.map(({ message }) => message)).toEqual([
      'deployment/chekout does not exist in namespace "staging".\nNext: did you mean "deployment/checkout"?',
      'rollout/checkout does not exist in namespace "staging".\nNext: did you mean "deployment/checkout"?',
      'deployment/x does not exist in namespace "staging".\nNext: kubectl -n staging get deployments',
    ]);
  });

  it('collects all bad inputs in one run', async () => {
    const { exitCode, annotations, outputs } = await runBundle('wait-rollout', {
      inputs: { workloads: 'checkout\nstatefulset/db', timeout: '10' },
    });
    expect(exitCode).toBe(1);
    expect(outputs).toEqual({});
    expect(annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      'Input "workloads", line 1: "checkout" is not a workload such as deployment/checkout',
      'Input "workloads", line 2: "statefulset" is not a kind that this action waits for: expected deployment or rollout',
      'Input "timeout": "10" is not a duration such as 90s, 10m or 1h30m',
    ]);
  });

  it('asks for its required input', async () => {
    const { exitCode, annotations } = await runBundle('wait-rollout');
    expect(exitCode).toBe(1);
    expect(annotations).toMatchObject([
      {
        message:
          /^Input "workloads" is required and has no value\.\nNext: add under "with:", for example:\nworkloads: deployment\/checkout$/,
      },
    ]);
  });

  it('never shows a kubeconfig that was given instead of its path', async () => {
    const { log, annotations, masked } = await runBundle('wait-rollout', {
      inputs: { workloads: 'deployment/a', kubeconfig: 'apiVersion: v1\nusers:\n- user: {token: abcdef123456}' },
    });
    expect(annotations).toMatchObject([
      { message: /^Input "kubeconfig" holds a whole kubeconfig: expected the path of a file\./ },
    ]);
    expect(log.replace(/^::add-mask::.*$/gm, '')).not.toContain('abcdef123456');
    expect(masked.join('\n')).toContain('abcdef123456');
  });

  it('says which cluster it cannot reach', async () => {
    const cluster = await testCluster();
    await cluster.kubernetes.close();
    const { exitCode, annotations } = await wait(cluster);
    expect(exitCode).toBe(1);
    expect(annotations.map(({ message }) => message.replace(/:\d+/g, ':PORT'))).toEqual([
      'The API server cannot be asked: 127.0.0.1:PORT refused the connection: nothing listens there (yet).\n' +
        'Next: is https://127.0.0.1:PORT reachable from this runner (private endpoint, VPN, firewall)?',
    ]);
  });

  it('says where it looked for a kubeconfig', async () => {
    const { exitCode, annotations } = await runBundle('wait-rollout', { inputs: { workloads: 'deployment/a' } });
    expect(exitCode).toBe(1);
    expect(annotations[0]?.message).toMatch(
      /^There is no kubeconfig: neither KUBECONFIG nor \S+config\.\nNext: log in to the cluster in an earlier step/,
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends at once, with one clear line, on %s', async (signal) => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: false } });
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    const { exitCode, lines, annotations, outputs } = await wait(cluster, {}, { when: 'are available', signal });
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toBe(`Cancelled (${signal}): connections closed, nothing half-written.`);
    expect(annotations).toEqual([]);
    expect(outputs).toEqual({});
  });
});
