import type { KubeClient } from '@delivery-actions/kube';
import type { Store } from '../store.ts';
import { checkKubernetes } from './check-k8s.ts';
import { connect } from './cluster.ts';
import { findings, whyUnreachable } from './findings.ts';
import type { K8sCheck } from './k8s-check.ts';

/** Secrets and ExternalSecrets of the cluster that the kubeconfig names. */
export function k8sStore(): Store<'k8s', K8sCheck> {
  // Once in a run: a credential plugin is a program that may take seconds.
  let cluster: Promise<KubeClient> | undefined;
  return {
    check(requests, { run, clock, signal, concurrency, again }) {
      const many = requests.length === 1 ? '1 secret' : `${requests.length} secrets`;
      if (!again) run.line(`Asking Kubernetes about ${many}`);
      cluster ??= connect(run, clock);
      return checkKubernetes(requests, { cluster, clock, signal, concurrency });
    },
    findings,
    whyUnreachable,
  };
}
