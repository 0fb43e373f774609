import { describe, expect, it } from 'vitest';
import { deployment, rolledOut, rollout, testCluster, until } from './cluster.ts';
import { wait } from './wait-in-process.ts';

describe('wait-rollout', () => {
  it('R17 reconnects when the watch’s connection is half-open', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: 200 } });
    const { kubernetes } = cluster;
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    // Three watches: the workload, its pods, its ReplicaSets.
    void until(() => kubernetes.watchCount === 3).then(() => kubernetes.silenceWatches());
    const { exitCode, outputs } = await wait(cluster, { idle: 300 });
    expect(outputs).toMatchObject({ result: 'healthy' });
    expect(exitCode).toBe(0);
  });

  it('R17 goes on when the server ends the watches, and lists anew when their version is too old', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: false } });
    const { kubernetes } = cluster;
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    void (async () => {
      await until(() => kubernetes.watchCount === 3);
      kubernetes.endWatches();
      await until(() => kubernetes.watchCount === 3);
      kubernetes.expireWatches();
      kubernetes.setImage('staging', 'checkout', 'app', 'r/checkout:2');
    })();
    expect((await wait(cluster)).outputs).toMatchObject({ result: 'healthy', revision: '2' });
    const lists = kubernetes.requests.filter((request) =>
      /deployments\?fieldSelector=metadata\.name%3Dcheckout$/.test(request),
    );
    expect(lists).toHaveLength(2);
  });

  it('R02 is not deceived by a cache that still shows the old revision', async () => {
    await using cluster = await testCluster({ 'r/checkout:2': { ready: 300 } });
    const { kubernetes } = cluster;
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    await rolledOut(cluster, 'checkout');
    kubernetes.freezeCache();
    kubernetes.setImage('staging', 'checkout', 'app', 'r/checkout:2');
    const { outputs, lines } = await wait(cluster);
    expect(outputs).toMatchObject({ result: 'healthy', revision: '2', images: 'r/checkout:2' });
    expect(lines.join('\n')).toContain('1 out of 2 new replicas have been updated');
    expect(kubernetes.requests.some((request) => request.includes('resourceVersion=0'))).toBe(false);
  });

  it('R07 a Deployment that is deleted and made again while it is watched is deleted', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: false } });
    const { kubernetes } = cluster;
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    void until(() => kubernetes.watchCount === 3).then(() => {
      kubernetes.delete('deployments', 'staging', 'checkout');
      kubernetes.apply(deployment('checkout', 'r/checkout:0'));
    });
    const { outputs, annotations, exitCode } = await wait(cluster);
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ result: 'deleted', reason: 'Deleted' });
    expect(annotations[0]?.message).toMatch(/^deployment\/checkout was deleted/);
  });

  it('R07 is deleted too when that happened in a gap of the watch', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: false } });
    const { kubernetes } = cluster;
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    void until(() => kubernetes.watchCount === 3).then(() => {
      kubernetes.silenceWatches();
      kubernetes.delete('deployments', 'staging', 'checkout');
      kubernetes.apply(deployment('checkout', 'r/checkout:0'));
      kubernetes.forgetHistory();
    });
    const { outputs, annotations } = await wait(cluster, { idle: 200 });
    expect(outputs).toMatchObject({ result: 'deleted' });
    expect(annotations[0]?.message).toBe(
      'deployment/checkout was deleted, and another one of the same name was made, which is not followed.',
    );
  });

  it('R18 several workloads are waited for at once, under one deadline', async () => {
    await using cluster = await testCluster({ 'r/slow:1': { ready: false } });
    for (const name of ['checkout', 'cart', 'search']) cluster.kubernetes.apply(deployment(name, 'r/slow:1'));
    const { outputs, lines, annotations, exitCode } = await wait(cluster, {
      workloads: 'deployment/checkout\ndeployment/cart\ndeployment/search',
      timeout: '400ms',
    });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ result: 'timeout', reason: 'Timeout' });
    expect(annotations.map(({ title }) => title)).toEqual([
      'deployment/checkout timed out',
      'deployment/cart timed out',
      'deployment/search timed out',
    ]);
    expect(lines.at(-1)).toMatch(/^0\/3 workloads rolled out: deployment\/checkout timed out after [\d.]+m?s$/);
  });

  it('looks at every workload before the first that failed ends the wait', async () => {
    await using cluster = await testCluster();
    // The second answer comes later than the first verdict.
    cluster.kubernetes.throttle(1, 0, /rollouts/);
    const { annotations } = await wait(cluster, { workloads: 'deployment/checkout\nrollout/checkout' });
    expect(annotations.map(({ title }) => title)).toEqual(['deployment/checkout failed', 'rollout/checkout failed']);
  });

  it('waits for Rollouts by the phases of the argo plugin', async () => {
    await using cluster = await testCluster({}, { controllers: false });
    const { kubernetes } = cluster;
    const status = (phase: string, message = '') => ({
      observedGeneration: '1',
      phase,
      message,
      currentPodHash: 'abc',
    });
    kubernetes.apply(rollout('checkout', 'r/checkout:4'));
    kubernetes.writeStatus(rollout('checkout', 'r/checkout:4', status('Paused', 'CanaryPauseStep')));
    const onLine = (line: string) => {
      if (line.includes('CanaryPauseStep'))
        kubernetes.writeStatus(
          rollout('checkout', 'r/checkout:4', status('Progressing', 'more replicas need to be updated')),
        );
      if (line.includes('more replicas'))
        kubernetes.writeStatus(rollout('checkout', 'r/checkout:4', status('Healthy')));
    };
    const { lines, outputs } = await wait(cluster, { workloads: 'rollout/checkout', onLine });
    expect(lines.slice(1, 4).map((line) => line.trim().split('  ')[1])).toEqual([
      'Paused: CanaryPauseStep',
      'Progressing: more replicas need to be updated',
      'Healthy',
    ]);
    expect(outputs).toMatchObject({ result: 'healthy', revision: '4', images: 'r/checkout:4' });
    expect(kubernetes.requests.some((request) => request.includes('replicasets'))).toBe(false);
  });

  it('R22 says which quota is used up while it waits, and when the time is up before the minute is', async () => {
    await using cluster = await testCluster({}, { controllers: false });
    const quota = 'pods "checkout-5d9-" is forbidden: exceeded quota: compute, used: pods=10, limited: pods=10';
    const status = {
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 0,
      availableReplicas: 2,
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: quota }],
    };
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    cluster.kubernetes.writeStatus({ ...deployment('checkout', 'r/checkout:1'), status });
    const { annotations, lines, outputs } = await wait(cluster, { timeout: '1s' });
    const message = `0 out of 2 new replicas have been updated; new pods are refused: ${quota}`;
    expect(lines.join('\n')).toContain(message);
    expect(outputs).toMatchObject({ result: 'timeout', reason: 'Timeout' });
    expect(annotations[0]?.message).toBe(`deployment/checkout was not rolled out after 1.0s: ${message}.`);
  });

  it('ends at once on a Rollout that is degraded', async () => {
    await using cluster = await testCluster({}, { controllers: false });
    const degraded = {
      observedGeneration: '1',
      phase: 'Degraded',
      message: 'RolloutAborted: Rollout aborted update to revision 4',
      currentPodHash: 'abc',
    };
    cluster.kubernetes.apply(rollout('checkout', 'r/checkout:4'));
    cluster.kubernetes.writeStatus(rollout('checkout', 'r/checkout:4', degraded));
    const { annotations, outputs } = await wait(cluster, { workloads: 'rollout/checkout' });
    expect(outputs).toMatchObject({ result: 'failed', reason: 'Degraded' });
    expect(annotations).toMatchObject([
      {
        message: 'rollout/checkout is Degraded: RolloutAborted: Rollout aborted update to revision 4.',
        hint: 'kubectl argo rollouts get rollout checkout -n staging',
      },
    ]);
  });
});
