/** Who asks a registry, and where that was found. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string; readonly source: string }
  /** What `docker login` keeps for a registry with OAuth: a refresh token. */
  | { readonly kind: 'identity-token'; readonly token: string; readonly source: string };
