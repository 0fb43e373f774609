import type { SecretCheck } from '../check.ts';
import type { HttpObstacle } from '../http-obstacle.ts';

/** Paths of the KV version 2 API under a mount. Only `data` holds values. */
export type Part = 'metadata' | 'subkeys' | 'data';

/** Why there is no word about a secret: a cause outside of the secret itself. */
export type VaultObstacle =
  | HttpObstacle
  | 'no-address'
  | 'no-credentials'
  | 'login-refused'
  | 'refused-token'
  | 'skip-verify'
  | 'no-certificate'
  | 'sealed'
  | 'redirected'
  | 'throttled'
  | 'not-kv-2'
  | 'unexpected';

/** What is known of a secret of Vault. */
export interface VaultCheck extends SecretCheck {
  readonly store: 'vault';
  /** `kv/`, as Vault told; else the first part of the path. */
  readonly mount?: string;
  /** Inside of the mount. */
  readonly path?: string;
  /** What has to be read for this line. */
  readonly needs: readonly Part[];
  /** The current one. */
  readonly version?: number;
  /** When the current version was deleted. It can be undeleted. */
  readonly deleted?: string;
  /** The current version is gone for good. */
  readonly destroyed?: true;
  /** When the current version deletes itself: `delete_version_after`. */
  readonly expires?: string;
  /** What the token may not read. */
  readonly denial?: { readonly part: Part; readonly policies?: readonly string[]; readonly mayReadValue: boolean };
  /** LIST of its folder has the name (DENIED), or has it not (MISSING), where reading was denied. */
  readonly listed?: boolean;
  /** Of a missing secret: the line that was probably meant. */
  readonly suggestion?: { readonly id: string; readonly why: 'alike' | 'api-path' | 'folder' };
  readonly obstacle?: { readonly cause: VaultObstacle; readonly message: string; readonly about?: string };
}
