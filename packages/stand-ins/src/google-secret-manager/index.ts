export type { GoogleSecret, GoogleVersion, VersionState } from './secrets.ts';
export {
  type GooglePermission,
  type GoogleRequestSeen,
  type GoogleSecretManagerBehaviour,
  type GoogleSecretManagerStandIn,
  startGoogleSecretManager,
} from './server.ts';
export type { GoogleLogin } from './tokens.ts';
