import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsCredentials } from './signature.ts';

/** The SDK's standard search for credentials and a region, by the client that is here anyway: one for SSM alone costs 392 KB. */
export interface AwsLogin extends Disposable {
  credentials(): Promise<AwsCredentials>;
  /** Of the shared config, where nothing else names one. */
  region(): Promise<string | undefined>;
}

export function awsLogin(region: string | undefined): AwsLogin {
  const client = new SecretsManagerClient(region === undefined ? {} : { region });
  return {
    credentials: () => client.config.credentials(),
    async region() {
      try {
        return region ?? (await client.config.region());
      } catch {
        return undefined;
      }
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}
