import { wayOut } from '../http-obstacle.ts';
import type { Cause } from '../root-cause.ts';
import type { VaultCheck, VaultObstacle } from './vault-check.ts';

/** Why Vault gave no answer; `namespace` is the one that was asked, if any. */
export function whyUnreachable({ obstacle }: Pick<VaultCheck, 'obstacle'>, namespace: string | undefined): Cause {
  if (obstacle === undefined) throw new Error('an unreachable secret has an obstacle');
  const { cause, message, about = '' } = obstacle;
  return { why: message, ...next(cause, about, namespace) };
}

const LOGIN = [
  'give the step a token (env: VAULT_TOKEN), or log in with the token of the job, with "permissions: id-token: write" on it:',
  'with:',
  '  vault-role: ROLE # of auth/jwt; MOUNT/ROLE of another one',
].join('\n');

function next(cause: VaultObstacle, about: string, namespace: string | undefined): Pick<Cause, 'title' | 'hint'> {
  const inNamespace = namespace === undefined ? 'VAULT_NAMESPACE is not set' : `VAULT_NAMESPACE is ${namespace}`;
  switch (cause) {
    case 'no-address':
      return {
        title: 'No Vault address',
        hint: 'set it for the step:\nenv:\n  VAULT_ADDR: https://vault.example:8200',
      };
    case 'no-credentials':
      return { title: 'No Vault token', hint: LOGIN };
    case 'login-refused':
      return {
        title: 'Vault refuses the login',
        hint: `compare the claims of the job with the role (bound_audiences, bound_claims, bound_subject); ${inNamespace}:\nvault read ${about}`,
      };
    case 'refused-token':
      return {
        title: 'Vault token is refused',
        hint: `it has expired, was revoked, or is of another Vault or namespace (${inNamespace}): make a new one right before this step, or use "vault-role"`,
      };
    case 'skip-verify':
      return {
        title: 'VAULT_SKIP_VERIFY is refused',
        hint: 'give the certificate of the authority instead, and drop VAULT_SKIP_VERIFY:\nenv:\n  VAULT_CACERT: path/to/ca.pem',
      };
    case 'no-certificate':
      return {
        title: 'No certificate',
        hint: 'the path is relative to the repository; VAULT_CACERT_BYTES takes the PEM text itself',
      };
    case 'sealed':
      return { title: 'Vault is sealed', hint: 'unseal it: vault status, then vault operator unseal' };
    case 'redirected':
      return {
        title: 'Vault redirects',
        hint: 'a standby node that does not forward, or http:// where https:// is meant: set VAULT_ADDR to the active node or the load balancer',
      };
    case 'throttled':
      return {
        title: 'Vault throttles',
        hint: 'lower the input "concurrency", or look at the quota: vault list sys/quotas/rate-limit',
      };
    case 'not-kv-2':
      return {
        title: 'Not a KV version 2 engine',
        hint: `only KV version 2 has metadata that tells without reading a value. Versions are turned on for a mount of version 1 with:\nvault kv enable-versioning ${about}`,
      };
    case 'unexpected':
      return {
        title: 'Vault answered with an error',
        hint: `the audit log and the log of the server tell more; ${inNamespace}`,
      };
    default:
      return wayOut(cause, {
        service: 'Vault',
        setting: 'VAULT_ADDR',
        authority:
          'give the certificate of the authority that signed the one of Vault:\nenv:\n  VAULT_CACERT: path/to/ca.pem',
      });
  }
}
