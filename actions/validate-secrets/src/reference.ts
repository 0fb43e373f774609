import { didYouMean, UserError } from '@delivery-actions/action-kit';
import { parseSecretId, type SecretId } from './aws/secret-id.ts';
import { type EnvReference, parseEnv } from './env/reference.ts';
import { type GoogleReference, parseGoogle } from './google/reference.ts';
import { type K8sReference, parseExternalSecret, parseK8s } from './kubernetes/reference.ts';
import { type ParameterReference, parseParameter } from './ssm/reference.ts';
import { parseVault, type VaultReference } from './vault/reference.ts';

/** Which secret of which store. */
export type SecretReference =
  | AwsReference
  | ParameterReference
  | VaultReference
  | GoogleReference
  | EnvReference
  | K8sReference;

export type StoreName = SecretReference['store'];

export interface AwsReference {
  readonly store: 'aws';
  readonly secret: SecretId;
}

/** Stores by the prefix of a line; a line without one is for AWS Secrets Manager. */
const PREFIXES: Readonly<Record<Exclude<StoreName, 'aws'> | 'external-secret', (rest: string) => SecretReference>> = {
  env: parseEnv,
  k8s: parseK8s,
  'external-secret': parseExternalSecret,
  vault: parseVault,
  gcp: parseGoogle,
  ssm: parseParameter,
};

/** Reads `NAME`, `ARN` or `PREFIX:REST`. Throws a UserError that says what is wrong with it. */
export function parseReference(id: string): SecretReference {
  const [, prefix, rest = ''] = /^([A-Za-z0-9-]+):(.*)$/.exec(id) ?? [];
  if (prefix === undefined || prefix === 'arn') return { store: 'aws', secret: parseSecretId(id) };
  if (isPrefix(prefix)) return PREFIXES[prefix](rest);
  const list = Object.keys(PREFIXES).join(', ');
  const meant = didYouMean(prefix, Object.keys(PREFIXES));
  throw new UserError(`"${id}" names the store "${prefix}", which is not known`, {
    hint:
      meant === undefined
        ? `a secret of AWS Secrets Manager has no prefix, and a GitHub secret is env:NAME; the prefixes are ${list}`
        : `did you mean ${meant}:${rest}?`,
  });
}

function isPrefix(prefix: string): prefix is keyof typeof PREFIXES {
  return Object.hasOwn(PREFIXES, prefix);
}
