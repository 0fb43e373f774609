export type { RegionSecrets, StoredSecret } from './secrets.ts';
export {
  type SecretsManagerBehaviour,
  type SecretsManagerOptions,
  type SecretsManagerStandIn,
  startSecretsManager,
} from './server.ts';
