import type { SecretCheck } from '../check.ts';
import type { HttpObstacle } from '../http-obstacle.ts';

/** Why there is no word about a secret: a cause outside of the secret itself. */
export type GoogleObstacle =
  | HttpObstacle
  | 'no-credentials'
  | 'bad-credentials'
  | 'foreign-host'
  | 'login-refused'
  | 'refused-token'
  | 'api-disabled'
  | 'throttled'
  | 'unexpected';

/** What is known of a secret of Google Secret Manager. */
export interface GoogleCheck extends SecretCheck {
  readonly store: 'gcp';
  /** The one that was asked about, by its number once it answered. */
  readonly version: string;
  readonly state?: 'DISABLED' | 'DESTROYED' | 'NO-VERSIONS' | 'NO-SUCH-VERSION';
  /** When the version is destroyed, of one that is scheduled for it. */
  readonly destruction?: string;
  /** Where its values are kept, of one whose replicas are chosen by hand, and where it is missed. */
  readonly locations?: readonly string[];
  readonly denial?: { readonly permission: 'get' | 'access' };
  /** secrets.list has the name (DENIED), or has it not (MISSING), where reading was denied. */
  readonly listed?: boolean;
  /** The value is looked into. */
  readonly reads: boolean;
  /** Of a missing secret: the line that was probably meant. */
  readonly suggestion?: string;
  /** Who asked, as IAM names it, where the credentials tell. */
  readonly member?: string;
  readonly obstacle?: { readonly cause: GoogleObstacle; readonly message: string; readonly about?: string };
}
