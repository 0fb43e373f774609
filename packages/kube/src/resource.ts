/** A kind of object as the API server's paths name it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower case, plural: `deployments`. */
  readonly plural: string;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  /** Opaque: compared for equality only. */
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Who still has something to do before a deleted object goes. */
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly ManagedFields[];
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
}

/** The fields that one manager wrote (Kubernetes docs, "Server-Side Apply", field management). */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  /** Of the last write. */
  readonly time?: string;
  /** `f:NAME` for each field, with those inside of it. */
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** What every object of the API has. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface Selectors {
  /** `metadata.name=checkout` */
  readonly fieldSelector?: string;
  /** `app=checkout,tier in (web)` */
  readonly labelSelector?: string;
}

export const deployments: Resource = { group: 'apps', version: 'v1', plural: 'deployments' };
export const replicaSets: Resource = { group: 'apps', version: 'v1', plural: 'replicasets' };
export const pods: Resource = { group: '', version: 'v1', plural: 'pods' };
export const secrets: Resource = { group: '', version: 'v1', plural: 'secrets' };
export const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces' };
export const rollouts: Resource = { group: 'argoproj.io', version: 'v1alpha1', plural: 'rollouts' };

/** `deployments.apps`, `pods`: as kubectl and the server's own messages write it. */
export function qualifiedName({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/**
 * The path of a namespace's collection, or of one object (or one of its subresources) in it. Objects that are in no namespace
 * have an empty one.
 */
export function resourcePath(
  { group, version, plural }: Resource,
  namespace: string,
  ...rest: readonly string[]
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const place = namespace === '' ? [] : ['namespaces', namespace];
  return `${root}/${[...place, plural, ...rest].map(encodeURIComponent).join('/')}`;
}
