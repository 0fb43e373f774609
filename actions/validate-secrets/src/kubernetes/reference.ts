import { UserError } from '@delivery-actions/action-kit';

/** A Secret of a Kubernetes cluster, or an ExternalSecret that keeps one up to date. */
export interface K8sReference {
  readonly store: 'k8s';
  readonly kind: K8sKind;
  /** That of the kubeconfig's context when left out. */
  readonly namespace?: string;
  readonly name: string;
}

export type K8sKind = 'secret' | 'external-secret';

/** RFC 1123: what a namespace, and what an object may be called (Kubernetes docs, "Object Names and IDs"). */
const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

export function parseK8s(rest: string): K8sReference {
  return parsed('secret', 'k8s', rest);
}

export function parseExternalSecret(rest: string): K8sReference {
  return parsed('external-secret', 'external-secret', rest);
}

function parsed(kind: K8sKind, prefix: string, rest: string): K8sReference {
  const parts = rest.split('/');
  const [namespace, name] = parts.length === 1 ? [undefined, rest] : parts;
  const refuse = (why: string, hint: string): never => {
    throw new UserError(`"${prefix}:${rest}" ${why}`, { hint });
  };
  if (parts.length > 2 || name === undefined || name === '' || namespace === '')
    return refuse(
      'does not name a namespace and an object in it',
      `write ${prefix}:NAMESPACE/NAME, or ${prefix}:NAME in the namespace of the kubeconfig's context; a key goes behind a #`,
    );
  if (/[${]/.test(rest)) return refuse('has a part in it that was not filled in', UNFILLED);
  if (!SUBDOMAIN.test(name)) return refuse(`has the name "${name}", which no object can have`, LETTERS);
  if (namespace === undefined) return { store: 'k8s', kind, name };
  if (!LABEL.test(namespace))
    return refuse(`has the namespace "${namespace}", which no namespace can be called`, LETTERS);
  return { store: 'k8s', kind, namespace, name };
}

const UNFILLED = 'in a workflow a variable is ${{ env.NAME }} or ${{ inputs.name }}';
const LETTERS = 'names have small letters, digits and - only; that of an object may have dots too';
