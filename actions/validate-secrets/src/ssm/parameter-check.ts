import type { Denial } from '../aws/denial.ts';
import type { Obstacle } from '../aws/obstacle.ts';
import type { SecretCheck } from '../check.ts';

/** What is known of a parameter of SSM Parameter Store. */
export interface ParameterCheck extends SecretCheck {
  readonly store: 'ssm';
  /** `String`, `StringList` or `SecureString`. */
  readonly type?: string;
  readonly version?: number;
  /** The value is looked into. */
  readonly reads: boolean;
  readonly denial?: Denial & { readonly decrypt: boolean };
  /** DescribeParameters has the name (DENIED), or has it not (MISSING), where GetParameters was denied. */
  readonly listed?: boolean;
  /** Of a missing parameter: one that is there and was probably meant. */
  readonly suggestion?: string;
  readonly obstacle?: { readonly cause: Obstacle; readonly error: string; readonly message: string };
}
