import { didYouMean, UserError } from '@delivery-actions/action-kit';
import type { Place } from './manifest-source.ts';
import { parseSecretId, type SecretId } from './secret-id.ts';

/** One line of the input `secrets`: which secret, where, and what is asked of it. */
export interface SecretRequest {
  /** As the report names it: the line without its keys, its mark and its comment. */
  readonly id: string;
  readonly reference: SecretReference;
  /** Behind a `#`: keys that its value, a JSON object, has to have. Without any, the value is not read. */
  readonly keys: readonly string[];
  /** Marked with ` ?`: a warning when it is missing. */
  readonly optional: boolean;
  /** Of a secret that a manifest lists. */
  readonly policy?: Policy;
  readonly place?: Place;
}

/** What holds for a secret beyond being there. */
export interface Policy {
  /** The longest age of the current value, in milliseconds. */
  readonly maxAge?: number;
  /** Automatic rotation has to be on. */
  readonly rotation: boolean;
  /** Regions in which a replica has to be in sync. */
  readonly replicas: readonly string[];
  /** The value is read, and may not be what a template has in its place. */
  readonly notPlaceholder: boolean;
}

/** Which secret of which store. */
export type SecretReference = AwsReference | EnvReference;

export interface AwsReference {
  readonly store: 'aws';
  readonly secret: SecretId;
}

/** A GitHub secret that the workflow hands in through `env:`. */
export interface EnvReference {
  readonly store: 'env';
  /** Of the environment variable. */
  readonly name: string;
}

/** Stores by the prefix of a line; a line without one is for AWS Secrets Manager. */
const STORES: Readonly<Record<string, { name: string; parse?: (rest: string) => SecretReference }>> = {
  env: { name: 'the environment', parse: parseEnv },
  ssm: { name: 'SSM Parameter Store' },
  vault: { name: 'HashiCorp Vault' },
  gcp: { name: 'Google Secret Manager' },
  k8s: { name: 'Kubernetes Secrets' },
  'external-secret': { name: 'ExternalSecrets' },
};

/**
 * Reads `NAME`, `ARN` or `STORE:NAME`, each with `#key1,key2` joined to it for keys of its value and with ` ?` behind it
 * when it is optional; a `#` after a blank starts a comment. Throws a UserError that says what is wrong with it.
 */
export function parseRequest(entry: string): SecretRequest {
  const line = entry.replace(/\s+#.*$/, '');
  const asked = line.replace(/\s+\?$/, '');
  const [, id = asked, list] = /^([^#]*)#(.*)$/.exec(asked) ?? [];
  if (asked.endsWith('?'))
    throw new UserError(`"${asked}" ends in a question mark`, {
      hint: 'a blank comes before the ? of an optional secret',
    });
  return {
    id,
    reference: parseReference(id),
    keys: list === undefined ? [] : parseKeys(asked, list),
    optional: asked !== line,
  };
}

function parseReference(id: string): SecretReference {
  const [, prefix, rest = ''] = /^([A-Za-z0-9-]+):(.*)$/.exec(id) ?? [];
  if (prefix === undefined || prefix === 'arn') return { store: 'aws', secret: parseSecretId(id) };
  const store = Object.hasOwn(STORES, prefix) ? STORES[prefix] : undefined;
  if (store === undefined) {
    const meant = didYouMean(prefix, Object.keys(STORES));
    throw new UserError(`"${id}" names the store "${prefix}", which is not known`, {
      hint:
        meant === undefined
          ? 'a secret of AWS Secrets Manager has no prefix; a GitHub secret is env:NAME'
          : `did you mean ${meant}:${rest}?`,
    });
  }
  if (store.parse === undefined)
    throw new UserError(`"${id}" is in a store that this version cannot ask: ${store.name}`, {
      hint: 'it reads AWS Secrets Manager and env:NAME; take the line out, so that nobody believes it was checked',
    });
  return store.parse(rest);
}

function parseEnv(name: string): EnvReference {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { store: 'env', name };
  throw new UserError(`"env:${name}" does not name an environment variable`, {
    hint: 'a name has letters, digits and _ only, as in env:SMOKE_TEST_API_KEY; it is set under "env:" of the step',
  });
}

export function isIn<Store extends SecretReference['store']>(store: Store) {
  return (
    request: SecretRequest,
  ): request is SecretRequest & { readonly reference: Extract<SecretReference, { store: Store }> } =>
    request.reference.store === store;
}

function parseKeys(asked: string, list: string): readonly string[] {
  const keys = list.split(',').map((key) => key.trim());
  if (keys.every((key) => key !== '' && !/[\s#]/.test(key))) return [...new Set(keys)];
  throw new UserError(`"${asked}" does not name the keys of its value`, {
    hint: 'write them as NAME#apiKey,apiSecret; a comment has a blank before its #',
  });
}

/** Each secret once, sorted. One that is asked for twice has the keys of both, and is optional only if both lines say so. */
export function once(requests: readonly SecretRequest[]): readonly SecretRequest[] {
  const byId = Map.groupBy(requests, ({ id }) => id);
  return [...byId.values()]
    .flatMap(([first, ...others]) =>
      first === undefined
        ? []
        : {
            ...first,
            ...others.find(({ policy }) => policy !== undefined),
            keys: [...new Set([first, ...others].flatMap(({ keys }) => keys))],
            optional: [first, ...others].every(({ optional }) => optional),
          },
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
