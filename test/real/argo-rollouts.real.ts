import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Recorded, runMain } from '@delivery-actions/testkit';
import { main } from '../../actions/wait-rollout/src/main.ts';
import { type Cluster, collected, controlPlane, kubectl } from './clusters.ts';
import { controlPlaneFolder, type NotHere } from './installed.ts';

export const name = "wait-rollout comes to the argo plugin's verdicts on a real controller of Argo Rollouts";

interface Scenario {
  readonly title: string;
  /** What is done before both watch, by kubectl or, with `argo`, by its plugin. */
  readonly before: (cluster: Cluster, argo: Plugin) => Promise<void>;
  readonly seconds: number;
  readonly theirs: { readonly exit: number; readonly says: RegExp };
  readonly ours: { readonly result: string; readonly says: RegExp };
}

type Plugin = (...args: readonly string[]) => Promise<{ exit: number | null; text: string }>;

const SCENARIOS: readonly Scenario[] = [
  {
    title: 'a new Rollout',
    before: (cluster) => apply(cluster, 'registry.example/web:1'),
    seconds: 20,
    theirs: { exit: 0, says: /Healthy/ },
    ours: { result: 'healthy', says: /1\/1 workload rolled out/ },
  },
  {
    title: 'a canary that pauses at its step',
    before: (cluster) => apply(cluster, 'registry.example/web:2'),
    seconds: 5,
    theirs: { exit: 1, says: /CanaryPauseStep/ },
    ours: { result: 'timeout', says: /CanaryPauseStep/ },
  },
  {
    title: 'the same canary, promoted',
    before: async (_, argo) => void (await argo('promote', 'web')),
    seconds: 20,
    theirs: { exit: 0, says: /Healthy/ },
    ours: { result: 'healthy', says: /1\/1 workload rolled out/ },
  },
  {
    title: 'a canary that is aborted',
    before: async (cluster, argo) => {
      await apply(cluster, 'registry.example/web:3');
      await argo('status', 'web', '--timeout', '4s');
      await argo('abort', 'web');
    },
    seconds: 20,
    theirs: { exit: 1, says: /RolloutAborted/ },
    ours: { result: 'failed', says: /RolloutAborted/ },
  },
  {
    title: 'R01 a canary whose image is not there',
    before: (cluster) => apply(cluster, 'registry.example/web:typo', { fail: 'ErrImagePull' }),
    seconds: 8,
    theirs: { exit: 1, says: /status watch exceeded timeout/ },
    ours: { result: 'failed', says: /image "registry\.example\/web:typo" cannot be pulled/ },
  },
];

export const slow = true;

export async function run(): Promise<'passed' | NotHere> {
  const folder = controlPlaneFolder({ build: true });
  if (typeof folder !== 'string') return folder;
  const cluster = await controlPlane(folder);
  const argo: Plugin = (...args) => {
    const all = [...args, '-n', cluster.namespace];
    return collected(
      spawn(join(folder, 'bin', 'kubectl-argo-rollouts'), all, { env: { KUBECONFIG: cluster.kubeconfig } }),
    ).end;
  };
  try {
    for (const scenario of SCENARIOS) await judge(cluster, argo, scenario);
  } finally {
    await cluster.close();
  }
  return 'passed';
}

async function judge(
  cluster: Cluster,
  argo: Plugin,
  { title, before, seconds, theirs, ours }: Scenario,
): Promise<void> {
  await before(cluster, argo);
  const [plugin, recorded] = await Promise.all([
    argo('status', 'web', '--timeout', `${seconds}s`),
    wait(cluster, seconds),
  ]);
  const said = [...recorded.lines, ...recorded.annotations.map(({ message }) => message)].join('\n');
  const agreed = plugin.exit === theirs.exit && theirs.says.test(plugin.text);
  if (!agreed) throw new Error(`${title}: the plugin ended with ${plugin.exit}: ${plugin.text}`);
  if (recorded.outputs['result'] !== ours.result || !ours.says.test(said)) {
    throw new Error(`${title}: wait-rollout says ${recorded.outputs['result']}, expected ${ours.result}:\n${said}`);
  }
  console.log(
    `  ${title}: plugin [${plugin.exit}], wait-rollout ${ours.result} after ${recorded.outputs['duration-seconds']}s`,
  );
}

function wait({ kubeconfig, namespace }: Cluster, seconds: number): Promise<Recorded> {
  return runMain('wait-rollout', main, {
    inputs: { workloads: 'rollout/web', namespace, kubeconfig, timeout: `${seconds}s` },
  });
}

async function apply(cluster: Cluster, image: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
  await kubectl(cluster, ['apply', '-f', '-'], {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'web' } },
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
      template: {
        metadata: { labels: { app: 'web', ...labels } },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'app', image }] },
      },
    },
  });
}
