import type { SecretCheck } from '../check.ts';
import type { K8sKind } from './reference.ts';

/** What is known of a Secret or an ExternalSecret. Moments are as the API server writes them. */
export interface K8sCheck extends SecretCheck {
  readonly store: 'k8s';
  readonly kind: K8sKind;
  /** Empty when no cluster was found that could have told it. */
  readonly namespace: string;
  readonly name: string;
  /** `context "staging"` */
  readonly cluster?: string;
  /** Of one that is being deleted. */
  readonly deletion?: { readonly since: string; readonly finalizers: readonly string[] };
  /** Who may not get which object; `secrets` is also what an ExternalSecret writes. */
  readonly denial?: { readonly account?: string; readonly resource: ReadResource; readonly name: string };
  /** A list has it (and its verdict is DENIED) or has it not (MISSING), where getting it was denied. */
  readonly listed?: boolean;
  /** Of a missing one: what is not there either. */
  readonly absent?: 'namespace' | 'group' | 'version';
  /** Of a missing one: the object or the namespace that was probably meant, as a line names it. */
  readonly suggestion?: string;
  /** Of missing keys: the one that was probably meant. */
  readonly suggestedKeys?: Readonly<Record<string, string>>;
  readonly sync?: Sync;
  readonly obstacle?: Obstacle;
}

export type ReadResource = 'secrets' | 'externalsecrets';

/** What an ExternalSecret says of itself, and of the Secret that it writes. */
export interface Sync {
  /** The Secret that it writes; null when it writes none. */
  readonly target: string | null;
  readonly refreshed?: string;
  /** `1h0m0s` */
  readonly interval?: string;
  readonly condition?: { readonly reason: string; readonly message: string; readonly since: string };
  /** Why its verdict is NOT-SYNCED. */
  readonly why?: NotSynced;
  /** The account may not look at the Secret that it writes. */
  readonly unseen?: true;
}

export type NotSynced =
  | 'no-status'
  | 'not-ready'
  /** Ready, with a reason that says that there is no Secret. */
  | 'without-secret'
  /** Its spec is newer than what was synced. */
  | 'changed'
  | 'stale'
  | 'target-missing'
  | 'target-deleting';

/** Why nothing is known: a cause outside of the secret itself. */
export interface Obstacle {
  readonly cause: 'kubeconfig' | 'unauthorized' | 'busy' | 'unreachable' | 'strange' | 'timeout';
  readonly message: string;
  readonly hint?: string;
}
