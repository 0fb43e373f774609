import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployment, testCluster, until } from './cluster.ts';
import { wait } from './wait-in-process.ts';

describe('what the cluster lets us see', () => {
  it('R16 without the right to see pods, ReplicaSets and logs waits on, and names the rules', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: 200 } });
    const { kubernetes } = cluster;
    kubernetes.deny({ verb: '*', resource: 'pods' }, { verb: 'watch', resource: 'replicasets' });
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    const { exitCode, annotations } = await wait(cluster);
    expect(exitCode).toBe(0);
    expect(annotations.map(({ level, message }) => [level, message]).sort()).toEqual([
      ['notice', 'The diagnosis is not complete: "developer" may not list pods in namespace "staging".'],
      ['notice', 'The diagnosis is not complete: "developer" may not watch replicasets.apps in namespace "staging".'],
    ]);
    expect(annotations.find(({ message }) => message.includes('list pods'))?.hint).toBe(
      'add this rule to a Role of the account in namespace "staging":\n- apiGroups: [""]\n  resources: ["pods"]\n  verbs: ["get", "list", "watch"]',
    );
  });

  it('R16 tells a crash without its log, and which rule would show it', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { exitCode: 3 } });
    cluster.kubernetes.deny({ verb: 'get', resource: 'pods/log' });
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    const { annotations } = await wait(cluster);
    expect(annotations[0]?.message).toMatch(
      /^deployment\/checkout failed: container app of pod \S+ keeps crashing \(exit code 3, \d restarts\)\.$/,
    );
    expect(annotations[1]).toMatchObject({
      level: 'warning',
      message: 'The diagnosis is not complete: "developer" may not get pods/log in namespace "staging".',
    });
  });

  it('without the right to see the workload itself is an error', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.deny({ verb: 'list', resource: 'deployments' });
    const { exitCode, annotations, outputs } = await wait(cluster);
    expect(exitCode).toBe(1);
    expect(outputs).toEqual({});
    expect(annotations).toMatchObject([
      { level: 'error', message: '"developer" may not list deployments.apps in namespace "staging".' },
    ]);
  });

  it('is slowed down and not stopped by 429', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    cluster.kubernetes.throttle(2, 0, /deployments/);
    expect((await wait(cluster)).outputs).toMatchObject({ result: 'healthy' });
  });

  it('is ended by its deadline, not by the first answers, when the server stays too busy', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.throttle(1_000, 0);
    const { outputs, annotations } = await wait(cluster, { timeout: '300ms' });
    expect(outputs).toMatchObject({ result: 'timeout' });
    expect(annotations[0]?.message).toBe(
      `deployment/checkout was not rolled out after 300ms: ${cluster.kubernetes.url} has not answered ` +
        '(the API server answered 429 for list deployments.apps in namespace "staging").',
    );
  });

  it('R20 a credential that expires during the wait is fetched anew', async () => {
    await using cluster = await testCluster({ 'r/checkout:1': { ready: 300 } });
    const { kubernetes } = cluster;
    const folder = mkdtempSync(join(tmpdir(), 'plugin-'));
    const token = join(folder, 'token');
    const plugin = join(folder, 'plugin.mjs');
    writeFileSync(token, 'first');
    writeFileSync(
      plugin,
      `import { readFileSync } from 'node:fs'; console.log(JSON.stringify({ status: { token: readFileSync(${JSON.stringify(token)}, 'utf8') } }));`,
    );
    const user = `exec: {apiVersion: client.authentication.k8s.io/v1, command: ${process.execPath}, args: [${plugin}]}`;
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, readFileSync(cluster.kubeconfig, 'utf8').replace(/token: \S+/, user));
    kubernetes.rotateToken('first');
    kubernetes.apply(deployment('checkout', 'r/checkout:1'));
    void until(() => kubernetes.watchCount === 3).then(() => {
      writeFileSync(token, 'second');
      kubernetes.rotateToken('second');
      kubernetes.endWatches();
    });
    const { outputs, masked } = await wait(cluster, { kubeconfig });
    expect(outputs).toMatchObject({ result: 'healthy' });
    expect(masked).toEqual(expect.arrayContaining(['first', 'second']));
  });

  it('R20 a token that was refused is an error that says so', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.rotateToken('another');
    const { annotations } = await wait(cluster);
    expect(annotations).toMatchObject([
      {
        message:
          'The API server does not accept the credential (401) for list deployments.apps in namespace "staging".',
      },
    ]);
  });
});
