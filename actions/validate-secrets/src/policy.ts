import type { StoreName } from './reference.ts';

/** What holds for a secret beyond being there. */
export interface Policy {
  /** The longest age of the current value, in milliseconds. */
  readonly maxAge?: number;
  /** Automatic rotation has to be on. */
  readonly rotation: boolean;
  /** Regions in which a replica has to be in sync. */
  readonly replicas: readonly string[];
  /** Tags that it has to have. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The key that it has to be under: an id, an alias, or the ARN of either. */
  readonly kmsKey?: string;
  /** The value is read, and may not be what a template has in its place. */
  readonly notPlaceholder: boolean;
}

/** The policies that make sense for the secrets of a store, as a manifest names them. */
export const POLICIES: Readonly<Record<StoreName, readonly string[]>> = {
  aws: ['max-age', 'rotation', 'replicas', 'tags', 'kms-key', 'not-placeholder'],
  env: ['not-placeholder'],
  k8s: ['not-placeholder'],
  gcp: ['max-age', 'replicas', 'not-placeholder'],
  ssm: ['max-age', 'not-placeholder'],
  vault: ['max-age', 'not-placeholder'],
};
