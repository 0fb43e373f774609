export type { Denial } from './authentication.ts';
export { type Certificate, serverCertificate } from './certificate.ts';
export { type KubernetesOptions, type KubernetesStandIn, startKubernetes } from './kubernetes.ts';
export type { Deployment, KubeObject, Pod, ReplicaSet } from './objects.ts';
export {
  type ContainerRuntime,
  type ContainerSpec,
  type ImageBehaviour,
  ImagePullError,
  imageRuntime,
  type RunningContainer,
} from './runtime.ts';
