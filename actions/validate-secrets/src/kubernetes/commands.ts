import type { K8sCheck } from './k8s-check.ts';

type Target = Pick<K8sCheck, 'namespace' | 'name' | 'keys'>;

/** Values come from files, so that they end up neither in the shell's history nor in the list of processes. */
export function createSecret({ namespace, name, keys = [] }: Target): string {
  const named = keys.length === 0 ? ['KEY'] : keys;
  const files = named.map((key) => `--from-file=${quoted(`${key}=./${key}.txt`)}`);
  return `kubectl create secret generic ${name} -n ${namespace} ${files.join(' ')}`;
}

/** Server-side apply leaves the keys that it does not name as they are. */
export function addKeys(target: Target): string {
  return `${createSecret(target)} --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -`;
}

export function describe({ namespace, name }: Target): string {
  return `kubectl describe externalsecret ${name} -n ${namespace}`;
}

/** Any change of an annotation makes the operator read the store again (external-secrets.io, FAQ). */
export function forceSync({ namespace, name }: Target): string {
  return `kubectl annotate externalsecret ${name} -n ${namespace} --overwrite force-sync=$(date +%s)`;
}

function quoted(text: string): string {
  return /^[\w./=:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
