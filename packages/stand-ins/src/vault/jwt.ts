import { createPublicKey, verify } from 'node:crypto';
import type { Fields } from './kv.ts';
import { VaultError } from './vault-error.ts';

/** A JWT auth method: its `config` and its roles, as they were written. */
export interface JwtMethod {
  config: Fields;
  readonly roles: Map<string, Fields>;
}

/** Checks signature, times, issuer, audience and bound claims; answers the policies of the role. Vault answers 400 to each. */
export function login({ config, roles }: JwtMethod, body: Fields, now: number): readonly string[] {
  const role = roles.get(String(body['role'] ?? ''));
  if (role === undefined) throw new VaultError(400, `role "${body['role']}" could not be found`);
  const [head = '', claims = '', signature = ''] = String(body['jwt'] ?? '').split('.');
  const keys = (config['jwt_validation_pubkeys'] ?? []) as readonly string[];
  const signed = keys.some((key) =>
    verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), createPublicKey(key), Buffer.from(signature, 'base64url')),
  );
  if (!signed)
    throw new VaultError(400, 'error validating token: no known key successfully validated the token signature');
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Fields;
  if (typeof said['exp'] === 'number' && said['exp'] * 1000 < now)
    throw new VaultError(400, 'error validating token: token is expired');
  if (config['bound_issuer'] !== undefined && said['iss'] !== config['bound_issuer'])
    throw new VaultError(400, 'error validating token: invalid issuer (iss) claim');
  const audiences = [role['bound_audiences'] ?? []].flat() as unknown as readonly string[];
  if (!([said['aud'] ?? []].flat() as unknown as readonly string[]).some((audience) => audiences.includes(audience)))
    throw new VaultError(
      400,
      'error validating token: invalid audience (aud) claim: audience claim does not match any bound audience',
    );
  for (const [claim, wanted] of Object.entries((role['bound_claims'] ?? {}) as Fields))
    if (![wanted].flat().includes(said[claim]))
      throw new VaultError(
        400,
        `error validating claims: claim "${claim}" does not match any associated bound claim values`,
      );
  return (role['policies'] ?? []) as readonly string[];
}
