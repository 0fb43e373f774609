import type { Store } from '../store.ts';
import { checkKubernetes } from './check-k8s.ts';
import { connect } from './cluster.ts';
import { findings } from './findings.ts';
import type { K8sCheck } from './k8s-check.ts';

/** Secrets and ExternalSecrets of the cluster that the kubeconfig names. */
export const k8sStore: Store<'k8s', K8sCheck> = {
  async check(requests, { run, clock, signal, concurrency, again }) {
    if (!again)
      run.line(`Asking Kubernetes about ${requests.length === 1 ? '1 secret' : `${requests.length} secrets`}`);
    return checkKubernetes(requests, { connect: () => connect(run, clock), clock, signal, concurrency });
  },
  findings,
};
