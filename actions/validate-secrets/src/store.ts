import type { Finding, Run } from '@delivery-actions/action-kit';
import type { Clock } from '@delivery-actions/waiting';
import type { SecretCheck } from './check.ts';
import type { Endpoints } from './endpoints.ts';
import type { SecretReference, StoreName } from './reference.ts';
import type { SecretRequest } from './request.ts';
import type { Cause } from './root-cause.ts';
import type { VaultRole } from './vault/login.ts';

/** A kind of store. It is loaded when a line names it. */
export interface Store<Name extends StoreName = StoreName, Check extends SecretCheck = SecretCheck> {
  /** One for each request, in the same order. Whatever goes wrong on the way is a verdict, never a rejection. */
  check(requests: readonly RequestTo<Name>[], circumstances: Circumstances): Promise<readonly Check[]>;
  /**
   * One for each root cause, written for the person who has to fix it; none for what is UNREACHABLE. `checks` are all of this
   * store.
   */
  findings(checks: readonly Check[]): readonly Finding[];
  /** Of an UNREACHABLE one. */
  whyUnreachable(check: Check): Cause;
}

export type RequestTo<Name extends StoreName> = SecretRequest & {
  readonly reference: Extract<SecretReference, { readonly store: Name }>;
};

export interface Circumstances {
  readonly run: Run;
  readonly clock: Clock;
  /** Aborted when the time is up or the job is cancelled. */
  readonly signal: AbortSignal;
  /** The most requests to one store at a time. */
  readonly concurrency: number;
  /** Where AWS is asked for what is given by name; without it, in the region of the SDK's own configuration. */
  readonly region: string | undefined;
  /** It was asked about these before and says so no more: somebody waits for them. */
  readonly again: boolean;
  readonly endpoints: Endpoints;
  /** The role of Vault that the job logs in as; without it, by a token. */
  readonly vaultRole: VaultRole | undefined;
}

export type Stores = { readonly [Name in StoreName]: () => Promise<Store<Name>> };

/** What no line names is neither asked nor loaded. */
export const STORES: Stores = {
  aws: async () => (await import('./aws/store.ts')).awsStore(),
  env: async () => (await import('./env/store.ts')).envStore,
  k8s: async () => (await import('./kubernetes/store.ts')).k8sStore(),
  gcp: async () => (await import('./google/store.ts')).googleStore,
  ssm: async () => (await import('./ssm/store.ts')).ssmStore,
  vault: async () => (await import('./vault/store.ts')).vaultStore(),
};
