import type { Run } from '@delivery-actions/action-kit';
import { exchangeText, httpClient } from '@delivery-actions/http';
import { clusterAccess, type KubeClient, kubeClient } from '@delivery-actions/kube';
import type { Clock } from '@delivery-actions/waiting';

/** The cluster of KUBECONFIG, else of ~/.kube/config, else of the pod that this is. Rejects with a KubeFailure `kubeconfig`. */
export async function connect(run: Run, clock: Clock): Promise<KubeClient> {
  const access = await clusterAccess({
    env: run.env,
    home: run.env['HOME'] ?? run.env['USERPROFILE'] ?? '',
    clock,
    mask: run.mask,
  });
  const http = httpClient({
    keepConnections: true,
    signal: run.signal,
    observe: (exchange) => run.debug(exchangeText(exchange)),
  });
  return kubeClient({ access, http, clock });
}
