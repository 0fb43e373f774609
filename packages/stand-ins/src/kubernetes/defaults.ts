import type { Deployment, KubeObject } from './objects.ts';
import { matchesSelector } from './selectors.ts';
import { StatusError } from './status.ts';

/** What the API server fills in, and what it refuses, of the objects that this cluster acts on. */
export function withDefaults<T extends KubeObject>(object: T): T {
  return object.kind === 'Deployment' ? (deploymentDefaults(object as unknown as Deployment) as unknown as T) : object;
}

function deploymentDefaults(deployment: Deployment): Deployment {
  const { spec, metadata } = deployment;
  const labels = spec?.template?.metadata?.labels ?? {};
  if (spec?.selector === undefined || !matchesSelector(labels, spec.selector)) {
    const value = JSON.stringify(labels);
    const message = `Deployment.apps "${metadata.name}" is invalid: spec.template.metadata.labels: Invalid value: ${value}: \`selector\` does not match template \`labels\``;
    throw new StatusError(422, 'Invalid', message, { name: metadata.name, group: 'apps', kind: 'Deployment' });
  }
  const strategy = spec.strategy ?? {
    type: 'RollingUpdate',
    rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
  };
  return {
    ...deployment,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
      strategy,
    },
  };
}
