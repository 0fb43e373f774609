import type { Run } from '@delivery-actions/action-kit';
import { type HttpClient, HttpFailure } from '@delivery-actions/http';
import { httpObstacle } from '../http-obstacle.ts';
import { Unanswered } from '../unanswered.ts';
import { errorText, urlPath, type VaultApi } from './vault-api.ts';
import type { VaultObstacle } from './vault-check.ts';

/** A role of a JWT auth method. */
export interface VaultRole {
  /** Where the auth method is mounted, under `auth/`. */
  readonly mount: string;
  readonly role: string;
  /** Of the job's OIDC token; GitHub's own default without it. */
  readonly audience: string | undefined;
}

/** Gives the API a token: by the job's OIDC token when a role is given, else VAULT_TOKEN. Answers whether it was made for us. */
export async function logIn(
  api: VaultApi,
  { env, mask }: Pick<Run, 'env' | 'mask'>,
  { http, login }: { http: HttpClient; login: VaultRole | undefined },
): Promise<boolean> {
  if (login === undefined) {
    const token = env['VAULT_TOKEN']?.trim() ?? '';
    mask(token);
    if (token === '')
      throw new Unanswered<VaultObstacle>(
        'no-credentials',
        'There is neither a VAULT_TOKEN nor the input "vault-role"',
      );
    api.token = token;
    return false;
  }
  const jwt = await jobToken(http, env, mask, login.audience, api.signal);
  const { status, auth, errors } = await api.post(`auth/${urlPath(login.mount)}/login`, { role: login.role, jwt });
  const token = auth?.['client_token'];
  if (status === 200 && typeof token === 'string' && token !== '') {
    mask(token);
    api.token = token;
    return true;
  }
  const said = errorText(errors) || `${status} without a reason`;
  throw new Unanswered<VaultObstacle>(
    'login-refused',
    `Vault refuses the login as role "${login.role}" at auth/${login.mount} (${said})`,
    `auth/${login.mount}/role/${login.role}`,
  );
}

/** The token that GitHub signs for this job (docs.github.com, "OpenID Connect reference"). */
async function jobToken(
  http: HttpClient,
  env: Run['env'],
  mask: Run['mask'],
  audience: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } = env;
  if (!URL.canParse(address) || bearer === '')
    throw new Unanswered<VaultObstacle>('no-credentials', 'The job has no OIDC token for the login with "vault-role"');
  mask(bearer);
  const url = new URL(address);
  if (audience !== undefined) url.searchParams.set('audience', audience);
  try {
    const response = await http.request({
      url,
      headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
      retries: 2,
      timeout: 15_000,
      signal,
    });
    const { value } = response.json() as { value?: unknown };
    if (response.status === 200 && typeof value === 'string' && value !== '') {
      mask(value);
      return value;
    }
    throw new Unanswered<VaultObstacle>('no-credentials', `GitHub gave the job no OIDC token (${response.status})`);
  } catch (error) {
    if (error instanceof HttpFailure) throw new Unanswered<VaultObstacle>(httpObstacle(error), error.message);
    throw error;
  }
}

/** Ends a token that this run was given; what fails here fails nobody. */
export async function logOut(api: VaultApi): Promise<void> {
  await api.post('auth/token/revoke-self', {}).catch(() => {});
}
