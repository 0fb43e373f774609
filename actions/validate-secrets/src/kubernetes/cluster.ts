import type { Run } from '@delivery-actions/action-kit';
import { httpClient } from '@delivery-actions/http';
import { clusterAccess, type KubeClient, kubeClient } from '@delivery-actions/kube';
import type { Clock } from '@delivery-actions/waiting';

const connected = new WeakMap<Run, Promise<KubeClient>>();

/**
 * The cluster of KUBECONFIG, else of ~/.kube/config, else of the pod that this is. Once in a run: a credential plugin is
 * a program that may take seconds. Rejects with a KubeFailure `kubeconfig`.
 */
export function connect(run: Run, clock: Clock): Promise<KubeClient> {
  const client = connected.get(run) ?? open(run, clock);
  connected.set(run, client);
  return client;
}

async function open(run: Run, clock: Clock): Promise<KubeClient> {
  const access = await clusterAccess({
    env: run.env,
    home: run.env['HOME'] ?? run.env['USERPROFILE'] ?? '',
    clock,
    mask: run.mask,
  });
  const http = httpClient({
    signal: run.signal,
    observe: ({ method, url, status, failure, milliseconds }) =>
      run.debug(`${method} ${url} ${status ?? failure} ${Math.round(milliseconds)}ms`),
  });
  return kubeClient({ access, http, clock });
}
