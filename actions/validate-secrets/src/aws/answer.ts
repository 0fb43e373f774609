import type { Run } from '@delivery-actions/action-kit';
import type { KeyFinding, Wanted } from '../keys.ts';
import type { SecretId } from './secret-id.ts';

/** A store of secrets that tells about them without reading a value. */
export interface SecretsManager extends Disposable {
  /**
   * One answer for each secret, in the same order. Every failure is in the answers; for those that had none when the
   * signal was aborted it is an `AbortError`.
   */
  describe(secrets: readonly SecretId[], signal: AbortSignal): Promise<readonly Answer[]>;
  /** Reads the values and keeps them to itself: one finding for each secret, in the same order. */
  lookInto(wanted: readonly WantedKeys[], signal: AbortSignal): Promise<readonly (KeyFinding | Failure)[]>;
  /** When each one's AWSCURRENT version was made, in milliseconds since 1970; undefined when no version is. */
  ages(secrets: readonly SecretId[], signal: AbortSignal): Promise<readonly (number | Failure | undefined)[]>;
  /** All secrets of a region, those that are being deleted included; undefined where it is not allowed or gives no answer. */
  list(region: string, signal: AbortSignal): Promise<readonly ListedSecret[] | undefined>;
}

export type OpenSecretsManager = (run: Run, options: SecretsManagerOptions) => Promise<SecretsManager>;

export interface SecretsManagerOptions {
  /** Where a name is asked; without it, in the region of the SDK's own configuration. */
  readonly region: string | undefined;
  /** Asked instead of AWS's own address, for every region. */
  readonly endpoint?: string;
  /** The most requests at a time. */
  readonly concurrency: number;
}

/** What Secrets Manager said about one secret: a description, or a failure. */
export interface Answer {
  readonly secret: SecretId;
  /** Where it was asked; undefined when no region could be found. */
  readonly region: string | undefined;
  readonly result: SecretDescription | Failure;
}

export interface WantedKeys extends Wanted {
  readonly secret: SecretId;
}

export interface ListedSecret {
  readonly name: string;
  readonly arn: string;
}

/** Moments are in milliseconds since 1970. */
export interface SecretDescription {
  readonly arn: string;
  /** DeletedDate. */
  readonly deleted?: number;
  /** All staging labels of all versions. */
  readonly stages: readonly string[];
  readonly rotation?: {
    readonly enabled: boolean;
    /** NextRotationDate: on or before then. */
    readonly next?: number;
    /** AWSPENDING is on another version than AWSCURRENT: a rotation has begun and not ended. */
    readonly pending: boolean;
    /** When that version was made, where ListSecretVersionIds is allowed. */
    readonly pendingSince?: number;
  };
  readonly tags?: Readonly<Record<string, string>>;
  /** As it was set; absent for the key that the account has for Secrets Manager. */
  readonly kmsKey?: string;
  /** OwningService: the service that manages it. */
  readonly owner?: string;
  /** ReplicationStatus. */
  readonly replicas?: readonly Replica[];
}

export interface Replica {
  readonly region: string;
  /** `InSync`, `InProgress`, `Failed` */
  readonly status: string;
  readonly message?: string;
}

export interface Failure {
  /** What was being done: finding the region or the credentials, or asking about the secret. */
  readonly during: 'region' | 'credentials' | 'request';
  /** The error's name, which is AWS's own name for it when AWS answered. */
  readonly name: string;
  readonly message: string;
  /** Of the operating system, such as ECONNREFUSED. */
  readonly code?: string;
}
