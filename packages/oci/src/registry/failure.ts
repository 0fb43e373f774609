export type RegistryFailureKind =
  /** No such repository or tag. */
  | 'not-found'
  /** Credentials are wanted and there are none. */
  | 'credentials-wanted'
  /** The credentials, or what they may do, did not suffice. */
  | 'denied'
  /** The docker config or a credential helper cannot be used. */
  | 'bad-credentials'
  | 'too-many-requests'
  | 'unreachable'
  /** An answer that no registry gives, or one that is not trusted. */
  | 'bad-answer';

/** A registry did not say what was asked. The message names the image and the registry, never a credential. */
export class RegistryFailure extends Error {
  override readonly name = 'RegistryFailure';
  readonly kind: RegistryFailureKind;
  /** The next step for the person who reads it. */
  readonly hint: string;
  /** Milliseconds after which the registry wants to be asked again, where it said so. */
  readonly pause: number | undefined;

  constructor(
    kind: RegistryFailureKind,
    message: string,
    hint: string,
    { pause, ...options }: ErrorOptions & { readonly pause?: number } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.hint = hint;
    this.pause = pause;
  }
}
