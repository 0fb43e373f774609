import type { SecretCheck } from '../check.ts';
import type { ListedSecret, Replica } from './answer.ts';
import type { Denial } from './denial.ts';
import type { Mismatch } from './mismatch.ts';
import type { Obstacle } from './obstacle.ts';

/** What is known of a secret of AWS Secrets Manager. */
export interface AwsCheck extends SecretCheck {
  readonly store: 'aws';
  /** Of a secret that answered. */
  readonly arn?: string;
  /** Of a secret that is scheduled for deletion. */
  readonly deletion?: Deletion;
  /** Staging labels of a secret without a current version. */
  readonly stages?: readonly string[];
  /** `resource` is what an IAM statement has to name to allow exactly this. */
  readonly denial?: Denial & { readonly resource: string; readonly action: ReadAction };
  /** ListSecrets has it (and its verdict is DENIED), or has it not (MISSING), where DescribeSecret was denied. */
  readonly listed?: boolean;
  /** Of a missing secret: one that is there and was probably meant. */
  readonly suggestion?: Suggestion;
  /** Of a secret that rotates. */
  readonly rotation?: {
    readonly next?: string;
    readonly missed?: true;
    readonly pending: boolean;
    readonly pendingSince?: string;
    readonly off?: true;
  };
  readonly replicas?: readonly (Replica & { readonly needed: boolean })[];
  readonly mismatch?: Mismatch;
  /** A warning beside the MISMATCH. */
  readonly also?: 'STALE' | 'OVERDUE';
  /** The longest age that its policy allows, in milliseconds. */
  readonly maxAge?: number;
  readonly obstacle?: { readonly cause: Obstacle; readonly error: string; readonly message: string };
}

export type ReadAction = 'DescribeSecret' | 'GetSecretValue' | 'ListSecretVersionIds';

export interface Suggestion extends ListedSecret {
  readonly region: string;
}

export interface Deletion {
  /** When it was asked for, if that is what AWS says. */
  readonly requested?: string;
  /** From here on it may be gone for good, and from there on it is no longer restorable whatever its window is. */
  readonly restorableUntil: { readonly earliest: string; readonly latest: string };
}
