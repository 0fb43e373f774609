export { type AccessSources, type ClusterAccess, clusterAccess, type Identity } from './access.ts';
export { type KubeClient, type KubeClientOptions, kubeClient, type LogOptions } from './client.ts';
export { KubeFailure, type KubeFailureKind, type MissingRule } from './failure.ts';
export {
  deployments,
  type KubeObject,
  type ManagedFields,
  namespaces,
  type ObjectMeta,
  pods,
  qualifiedName,
  type Resource,
  replicaSets,
  rollouts,
  secrets,
} from './resource.ts';
export type { KubeList, ListOptions, WatchOptions } from './transport.ts';
export type { WatchEvent, WatchLimits } from './watch.ts';
