export { BadDockerfile } from './dockerfile/bad-dockerfile.ts';
export { type BaseImage, type BaseImages, type BuildOptions, baseImages } from './dockerfile/base-images.ts';
export { platformName } from './platform.ts';
export {
  formatReference,
  type ImageName,
  type ImageReference,
  InvalidReference,
  isDigest,
  isTag,
  parseImageName,
  parseReference,
  TAG_MAX,
} from './reference.ts';
export type { PlatformImage } from './registry/content.ts';
export type { Credentials } from './registry/credential.ts';
export { type CredentialStore, dockerCredentials } from './registry/credentials.ts';
export { RegistryFailure, type RegistryFailureKind } from './registry/failure.ts';
export { type ImageRegistry, ociRegistry, type Registry } from './registry/registry.ts';
