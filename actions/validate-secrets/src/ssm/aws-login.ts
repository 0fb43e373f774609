import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsCredentials } from './signature.ts';

/** The SDK's standard search for credentials and a region, by the client that is here anyway: one for SSM alone costs 392 KB. */
export interface AwsLogin extends Disposable {
  credentials(): Promise<AwsCredentials>;
  /** Of the shared config, where nothing else names one. */
  region(): Promise<string | undefined>;
  /** Of Parameter Store in a region of any partition, with FIPS where the environment asks for it. */
  address(region: string): Promise<string>;
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
    async address(where) {
      const { endpointProvider, useFipsEndpoint } = client.config;
      const { url } = endpointProvider({ Region: where, UseFIPS: await useFipsEndpoint(), UseDualStack: false });
      // The endpoints of the two services differ in the name alone, in every partition.
      return url.origin.replace('//secretsmanager', '//ssm');
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}
