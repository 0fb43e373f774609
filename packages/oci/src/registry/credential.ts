/** Who asks a registry, and where that was found. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string; readonly source: string }
  /** What `docker login` keeps for a registry with OAuth: a refresh token. */
  | {
      readonly kind: 'identity-token';
      readonly token: string;
      readonly source: string;
      /** Who it is for, where that was written beside it. */
      readonly username?: string;
    };

/** The user name under which a helper gives an identity token (docker-credential-helpers, README). */
export const IDENTITY_TOKEN = '<token>';
