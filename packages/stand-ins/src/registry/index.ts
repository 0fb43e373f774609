export type { Login, RegistryAccess } from './access.ts';
export { type ImageConfig, type ImageContent, pullImage, pushImage, pushIndex } from './image.ts';
export {
  type RegistryBehaviour,
  type RegistryFault,
  type RegistryOptions,
  type RegistryRequest,
  type RegistryStandIn,
  startRegistry,
} from './server.ts';
export type { Repository } from './storage.ts';
