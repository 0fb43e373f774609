import type { StoreName } from './reference.ts';

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

/** The policies that make sense for the secrets of a store, as a manifest names them. */
export const POLICIES: Readonly<Record<StoreName, readonly string[]>> = {
  aws: ['max-age', 'rotation', 'replicas', 'not-placeholder'],
  env: ['not-placeholder'],
  k8s: ['not-placeholder'],
  vault: ['max-age', 'not-placeholder'],
};
