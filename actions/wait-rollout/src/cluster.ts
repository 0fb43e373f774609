import type { Run } from '@delivery-actions/action-kit';
import { exchangeText, httpClient } from '@delivery-actions/http';
import { clusterAccess, type KubeClient, kubeClient } from '@delivery-actions/kube';
import type { Clock } from '@delivery-actions/waiting';
import type { Inputs } from './inputs.ts';

/** The cluster that the inputs and the environment name. Throws KubeFailure `kubeconfig`. */
export async function connect(run: Run, inputs: Inputs, clock: Clock): Promise<KubeClient> {
  const { resolve } = await import('node:path');
  const access = await clusterAccess({
    path: inputs.kubeconfig === undefined ? undefined : resolve(run.workspace, inputs.kubeconfig),
    context: inputs.context,
    env: run.env,
    home: run.env.HOME ?? run.env.USERPROFILE ?? '',
    clock,
    mask: run.mask,
  });
  const http = httpClient({
    signal: run.signal,
    observe: (exchange) => run.debug(exchangeText(exchange)),
  });
  return kubeClient({ access, http, clock });
}
