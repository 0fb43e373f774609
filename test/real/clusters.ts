import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageRuntime, type KubernetesStandIn, startKubernetes } from '@delivery-actions/stand-ins';

/** A cluster to judge on: the stand-in, and the real control plane where one has been built. */
export interface Cluster {
  readonly name: string;
  readonly kubeconfig: string;
  readonly namespace: string;
  /** What makes the pods of a Deployment behave: an image here, a label there. */
  manifest(behaviour: Behaviour, more?: object): object;
  close(): Promise<void>;
}

export type Behaviour = 'ready' | 'slow' | 'not-found' | 'crash' | 'never-ready';

export const IMAGES: Readonly<Record<Behaviour, string>> = {
  ready: 'registry.example/web:1',
  slow: 'registry.example/web:2',
  'not-found': 'registry.example/web:typo',
  crash: 'registry.example/web:crash',
  'never-ready': 'registry.example/web:never',
};

/** kwok's stages (stages.yaml beside up.sh) go by this label. */
const FAIL_LABEL: Readonly<Partial<Record<Behaviour, string>>> = {
  'not-found': 'ErrImagePull',
  crash: 'CrashLoopBackOff',
  'never-ready': 'NotReady',
};

export function start({ kubeconfig, namespace }: Cluster, args: readonly string[]): ChildProcess {
  return spawn('kubectl', ['--kubeconfig', kubeconfig, '-n', namespace, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Not the synchronous form: the stand-in answers in this very process. */
export async function kubectl(cluster: Cluster, args: readonly string[], input?: object | string): Promise<string> {
  const child = start(cluster, args);
  child.stdin?.end(typeof input === 'object' ? JSON.stringify(input) : (input ?? ''));
  const { exit, text } = await collected(child).end;
  if (exit !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${exit}: ${text}`);
  return text;
}

/** What a child says, as it comes. */
export function collected(child: ChildProcess) {
  let text = '';
  const waiting = new Set<() => void>();
  const add = (chunk: Buffer) => {
    text += chunk.toString('utf8');
    for (const check of waiting) check();
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  const until = (shape: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const check = () => shape.test(text) && resolve();
      waiting.add(check);
      child.once('close', () => reject(new Error(`kubectl ended before it said ${shape}:\n${text}`)));
      check();
    });
  const end = new Promise<{ exit: number | null; text: string }>((resolve) => {
    child.once('close', (exit) => resolve({ exit, text }));
  });
  const firstLine = until(/\n/);
  firstLine.catch(() => {});
  return { until, end, firstLine };
}

function deployment(image: string, labels: Record<string, string>, more: object): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web', ...labels } },
        spec: { containers: [{ name: 'app', image }] },
      },
      ...more,
    },
  };
}

export async function standIn(): Promise<Cluster> {
  const kubernetes: KubernetesStandIn = await startKubernetes({
    namespaces: ['judged'],
    externalSecrets: ['v1', 'v1beta1'],
    runtime: imageRuntime({
      [IMAGES.slow]: { ready: 500 },
      [IMAGES['not-found']]: {
        pullError: `rpc error: code = NotFound desc = failed to resolve reference "${IMAGES['not-found']}": ${IMAGES['not-found']}: not found`,
      },
      [IMAGES.crash]: { exitCode: 1 },
      [IMAGES['never-ready']]: { ready: false },
    }),
  });
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubernetes.kubeconfig('judged'));
  return {
    name: 'stand-in',
    kubeconfig,
    namespace: 'judged',
    manifest: (behaviour, more = {}) => deployment(IMAGES[behaviour], {}, more),
    async close() {
      await kubernetes.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** etcd, kube-apiserver, controller-manager, scheduler and kwok, by the scripts of that folder. */
export async function controlPlane(folder: string): Promise<Cluster> {
  const state = mkdtempSync(join(tmpdir(), 'control-plane-'));
  const script = (file: string) =>
    spawnSync(join(folder, file), { encoding: 'utf8', env: { ...process.env, REALKUBE_RUN: state } });
  const up = script('up.sh');
  const kubeconfig = /KUBECONFIG=(\S+)/.exec(up.stdout)?.[1];
  const cluster: Cluster = {
    name: 'control plane',
    kubeconfig: kubeconfig ?? '',
    namespace: 'judged',
    manifest(behaviour, more = {}) {
      const fail = FAIL_LABEL[behaviour];
      return deployment(IMAGES[behaviour], fail === undefined ? {} : { fail }, more);
    },
    async close() {
      script('down.sh');
      rmSync(state, { recursive: true, force: true });
    },
  };
  if (up.status !== 0 || kubeconfig === undefined) {
    await cluster.close();
    throw new Error(`up.sh ended with ${up.status}: ${up.stderr}`);
  }
  await kubectl(cluster, ['create', 'namespace', 'judged']);
  return cluster;
}
