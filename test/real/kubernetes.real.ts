import { spawnSync } from 'node:child_process';
import { type Recorded, runMain } from '@delivery-actions/testkit';
import { main } from '../../actions/wait-rollout/src/main.ts';
import { type Behaviour, type Cluster, collected, controlPlane, IMAGES, kubectl, standIn, start } from './clusters.ts';
import { controlPlaneFolder } from './installed.ts';

export const name = 'kubectl and wait-rollout come to the same verdicts on a cluster';

interface Scenario {
  readonly title: string;
  readonly behaviour: Behaviour;
  readonly spec?: object;
  /** What happens to the Deployment while it is watched, by real kubectl. */
  readonly meanwhile?: readonly string[];
  readonly kubectl: { readonly exit: number; readonly says: RegExp };
  readonly ours: { readonly result: string; readonly reason?: string };
  readonly timeout: number;
}

const SCENARIOS: readonly Scenario[] = [
  {
    title: 'a rollout that gets ready',
    behaviour: 'slow',
    timeout: 20,
    kubectl: { exit: 0, says: /successfully rolled out/ },
    ours: { result: 'healthy' },
  },
  {
    title: 'an image that is not there',
    behaviour: 'not-found',
    timeout: 4,
    kubectl: { exit: 1, says: /timed out waiting for the condition/ },
    ours: { result: 'failed', reason: 'ImagePullFailed' },
  },
  {
    title: 'a container that crashes',
    behaviour: 'crash',
    timeout: 15,
    kubectl: { exit: 1, says: /timed out waiting for the condition/ },
    ours: { result: 'failed', reason: 'CrashLoop' },
  },
  {
    title: 'pods that never get ready',
    behaviour: 'never-ready',
    timeout: 3,
    kubectl: { exit: 1, says: /timed out waiting for the condition/ },
    ours: { result: 'timeout', reason: 'Timeout' },
  },
  {
    title: 'a progress deadline that passes',
    behaviour: 'never-ready',
    spec: { progressDeadlineSeconds: 2 },
    timeout: 20,
    kubectl: { exit: 1, says: /exceeded its progress deadline/ },
    ours: { result: 'failed', reason: 'ProgressDeadlineExceeded' },
  },
  {
    title: 'a Deployment that is deleted',
    behaviour: 'never-ready',
    meanwhile: ['delete', 'deployment/web', '--wait=false'],
    timeout: 20,
    kubectl: { exit: 1, says: /object has been deleted/ },
    ours: { result: 'deleted' },
  },
  {
    title: 'a Deployment that is paused',
    behaviour: 'ready',
    spec: { paused: true },
    timeout: 3,
    kubectl: { exit: 1, says: /timed out waiting for the condition/ },
    ours: { result: 'failed', reason: 'Paused' },
  },
];

export async function run(): Promise<'passed' | { skipped: string }> {
  if (spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status !== 0) {
    return { skipped: 'kubectl is not on the PATH: https://kubernetes.io/docs/tasks/tools' };
  }
  const real = controlPlaneFolder();
  if (typeof real !== 'string') console.log(`  SKIPPED: ${real.skipped}`);
  for (const open of [standIn, ...(typeof real === 'string' ? [() => controlPlane(real)] : [])]) {
    const cluster = await open();
    try {
      for (const scenario of SCENARIOS) await judge(cluster, scenario);
      await rollOn(cluster);
    } finally {
      await cluster.close();
    }
  }
  return 'passed';
}

/** kubectl and the action watch the same Deployment at the same time. */
async function judge(cluster: Cluster, scenario: Scenario): Promise<void> {
  const { title, behaviour, spec = {}, meanwhile, timeout } = scenario;
  await kubectl(cluster, [
    'delete',
    'deployment',
    'web',
    '--ignore-not-found',
    '--cascade=foreground',
    '--timeout=20s',
  ]);
  await kubectl(cluster, ['create', '-f', '-'], cluster.manifest(behaviour, spec));
  const theirs = collected(start(cluster, ['rollout', 'status', 'deployment/web', `--timeout=${timeout}s`]));
  let acted = false;
  const ours = await wait(cluster, timeout, () => {
    if (meanwhile === undefined || acted) return;
    acted = true;
    // Both are watching: kubectl prints its first line as soon as it is.
    void theirs.firstLine.then(() => kubectl(cluster, meanwhile));
  });
  const { exit, text } = await theirs.end;
  const where = `${cluster.name}: ${title}`;
  expect(`${where}: kubectl's exit`, exit, scenario.kubectl.exit, text);
  if (!scenario.kubectl.says.test(text))
    throw new Error(`${where}: kubectl says ${text}, expected ${scenario.kubectl.says}`);
  expect(`${where}: result`, ours.outputs['result'], scenario.ours.result, ours.lines.join('\n'));
  if (scenario.ours.reason !== undefined)
    expect(`${where}: reason`, ours.outputs['reason'], scenario.ours.reason, ours.lines.join('\n'));
  console.log(
    `  ${where}: kubectl [${exit}], wait-rollout ${ours.outputs['result']} ${ours.outputs['reason']} after ${ours.outputs['duration-seconds']}s`,
  );
}

/** set image, get --watch and undo of the real kubectl, and our verdict after each. */
async function rollOn(cluster: Cluster): Promise<void> {
  await kubectl(cluster, [
    'delete',
    'deployment',
    'web',
    '--ignore-not-found',
    '--cascade=foreground',
    '--timeout=20s',
  ]);
  await kubectl(cluster, ['create', '-f', '-'], cluster.manifest('ready'));
  expect(`${cluster.name}: the first revision`, (await wait(cluster, 20)).outputs['revision'], '1');
  const columns =
    'custom-columns=REVISION:.metadata.annotations.deployment\\.kubernetes\\.io/revision,AVAILABLE:.status.availableReplicas,UPDATED:.status.updatedReplicas';
  const watching = start(cluster, ['get', 'deployment', 'web', '--watch', '-o', columns, '--no-headers']);
  const seen = collected(watching);
  await seen.firstLine;
  await kubectl(cluster, ['set', 'image', 'deployment/web', `app=${IMAGES.slow}`]);
  const second = await wait(cluster, 20);
  expect(`${cluster.name}: result after set image`, second.outputs['result'], 'healthy', second.lines.join('\n'));
  expect(`${cluster.name}: images after set image`, second.outputs['images'], IMAGES.slow);
  await seen.until(/^2 +2 +2$/m);
  watching.kill();
  await seen.end;
  await kubectl(cluster, ['rollout', 'undo', 'deployment/web']);
  const third = await wait(cluster, 20);
  expect(`${cluster.name}: the revision after undo`, third.outputs['revision'], '3', third.lines.join('\n'));
  expect(`${cluster.name}: the image after undo`, third.outputs['images'], IMAGES.ready);
  const revisions = await kubectl(cluster, [
    'get',
    'replicasets',
    '-o',
    'jsonpath={.items[*].metadata.annotations.deployment\\.kubernetes\\.io/revision}',
  ]);
  expect(`${cluster.name}: the revisions of the ReplicaSets`, revisions.trim().split(' ').sort().join(' '), '2 3');
  console.log(`  ${cluster.name}: set image, get --watch, undo`);
}

function wait(cluster: Cluster, seconds: number, onStart = () => {}): Promise<Recorded> {
  const inputs = {
    workloads: 'deployment/web',
    namespace: cluster.namespace,
    timeout: `${seconds}s`,
    kubeconfig: cluster.kubeconfig,
  };
  return runMain(
    'wait-rollout',
    (run) => {
      onStart();
      return main(run);
    },
    { inputs, env: { PATH: process.env.PATH ?? '' } },
  );
}

function expect(what: string, actual: unknown, wanted: unknown, detail = ''): void {
  if (actual !== wanted)
    throw new Error(`${what} is ${JSON.stringify(actual)}, expected ${JSON.stringify(wanted)}\n${detail}`);
}
