import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ImageBehaviour,
  imageRuntime,
  type KubernetesOptions,
  type KubernetesStandIn,
  startKubernetes,
} from '@delivery-actions/stand-ins';

/** A message as containerd writes it. */
export const notFound = (image: string) =>
  `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;

export interface TestCluster extends AsyncDisposable {
  readonly kubernetes: KubernetesStandIn;
  /** Path of its kubeconfig, with namespace `staging`. */
  readonly kubeconfig: string;
}

/** A cluster whose containers behave by their image. */
export async function testCluster(
  images: Record<string, ImageBehaviour> = {},
  options: KubernetesOptions = {},
): Promise<TestCluster> {
  const kubernetes = await startKubernetes({ namespaces: ['staging'], runtime: imageRuntime(images), ...options });
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'cluster-')), 'kubeconfig');
  writeFileSync(kubeconfig, kubernetes.kubeconfig('staging'));
  return { kubernetes, kubeconfig, [Symbol.asyncDispose]: () => kubernetes.close() };
}

export function deployment(
  name: string,
  image: string,
  spec: { replicas?: number; paused?: boolean; progressDeadlineSeconds?: number } = {},
) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'staging', labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
      ...spec,
    },
  };
}

export function rollout(name: string, image: string, status?: object) {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: 'staging', labels, annotations: { 'rollout.argoproj.io/revision': '4' } },
    spec: { replicas: 2, selector: { matchLabels: labels }, strategy: { canary: {} }, template },
    ...(status === undefined ? {} : { status }),
  };
}

/** Resolves when it is true; the test's own time limit bounds it. */
export async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** When this Deployment has rolled out. */
export function rolledOut({ kubernetes }: TestCluster, name: string): Promise<void> {
  return until(() => {
    const object = kubernetes.get('deployments', 'staging', name) as
      | { metadata: { generation: number }; spec: { replicas: number }; status?: Record<string, number> }
      | undefined;
    const { status = {}, spec, metadata } = object ?? { spec: { replicas: -1 }, metadata: { generation: -1 } };
    const counts = [status['replicas'], status['updatedReplicas'], status['availableReplicas']];
    return status['observedGeneration'] === metadata.generation && counts.every((count) => count === spec.replicas);
  });
}
