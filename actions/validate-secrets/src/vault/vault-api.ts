import { type HttpClient, HttpFailure, type HttpResponse, type TlsOptions } from '@delivery-actions/http';
import { httpObstacle } from '../http-obstacle.ts';
import { asObject, type JsonObject } from '../json-object.ts';
import { Unanswered } from '../unanswered.ts';
import type { VaultObstacle } from './vault-check.ts';

/** Vault's answer to one request. Anything but 200, 204, 403, 404, 405, and 400 to a POST, is thrown as Unanswered. */
export interface VaultAnswer {
  readonly status: number;
  readonly data: JsonObject | undefined;
  /** Of a login. */
  readonly auth: JsonObject | undefined;
  readonly errors: readonly string[];
}

export interface VaultApi {
  readonly address: string;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
  get(path: string): Promise<VaultAnswer>;
  post(path: string, body: object): Promise<VaultAnswer>;
  /** From now on every request carries it. */
  token: string;
  /** A request with the token was let in: it is a good one. */
  readonly accepted: boolean;
}

export interface VaultServer {
  readonly address: string;
  readonly namespace: string | undefined;
  readonly tls: TlsOptions | undefined;
}

const TIMEOUT = 15_000;
/** One of them is in whatever Vault answers: a gateway's page for 404 says nothing of a secret. */
const VAULTS_OWN = ['errors', 'data', 'warnings'];
const TAKEN = new Set([200, 204, 403, 404, 405]);

/** Redirects are not followed: a standby that does not forward names another host, which must not get the token. */
export function vaultApi(
  http: HttpClient,
  { address, namespace, tls }: VaultServer,
  signal: AbortSignal,
): VaultApi & { token: string } {
  let accepted = false;
  // What is so for one request is so for all of them; asking a thousand times more would not change it.
  let broken: Unanswered<VaultObstacle> | undefined;

  async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<VaultAnswer> {
    if (broken !== undefined) throw broken;
    try {
      const response = await http.request({
        url: `${address}/v1/${path}`,
        method,
        headers: {
          'x-vault-request': 'true',
          ...(api.token === '' ? {} : { 'x-vault-token': api.token }),
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeout: TIMEOUT,
        retries: 2,
        signal,
        ...(tls === undefined ? {} : { tls }),
      });
      const answer = read(response, address, method, path);
      if (answer.status !== 403 && api.token !== '') accepted = true;
      return answer;
    } catch (error) {
      const failure =
        error instanceof HttpFailure ? new Unanswered<VaultObstacle>(httpObstacle(error), error.message) : error;
      if (!(failure instanceof Unanswered)) throw failure;
      if (['sealed', 'redirected', 'refused-token', 'tls'].includes(failure.obstacle)) broken = failure;
      throw failure;
    }
  }

  const api = {
    address,
    namespace,
    signal,
    token: '',
    get: (path: string) => ask('GET', path),
    post: (path: string, body: object) => ask('POST', path, body),
    get accepted() {
      return accepted;
    },
  };
  return api;
}

function read(response: HttpResponse, address: string, method: 'GET' | 'POST', path: string): VaultAnswer {
  const { status, headers } = response;
  const { host } = new URL(address);
  if (status >= 300 && status < 400) {
    const to = URL.canParse(headers['location'] ?? '', address) ? new URL(headers['location'] ?? '', address).host : '';
    const where = to === host || to === '' ? 'elsewhere' : `to ${to}`;
    throw new Unanswered<VaultObstacle>(
      'redirected',
      `${host} redirects ${where} (${status}), and the token is not sent on`,
    );
  }
  const body = json(response);
  const errors = Array.isArray(body['errors']) ? body['errors'].filter((each) => typeof each === 'string') : [];
  // Whatever goes wrong with a value, nothing of that answer is shown.
  const said = path.includes('/data/') ? '' : errorText(errors);
  if (status === 403 && /invalid token|bad token/i.test(said))
    throw new Unanswered<VaultObstacle>('refused-token', `${host} does not accept the token (${said})`);
  if (status === 503 && (said === '' || /sealed/i.test(said)))
    throw new Unanswered<VaultObstacle>('sealed', `${host} is sealed or not initialized (503)`);
  if (status === 429)
    throw new Unanswered<VaultObstacle>('throttled', `${host} kept answering 429: a rate limit of Vault is exceeded`);
  if ((status === 403 || status === 404) && !VAULTS_OWN.some((field) => field in body))
    throw new Unanswered<VaultObstacle>('not-the-api', `${host} answered ${status}, but not in the words of Vault`);
  if (!TAKEN.has(status) && !(status === 400 && method === 'POST'))
    throw new Unanswered<VaultObstacle>('unexpected', `${host} answered ${status}${said === '' ? '' : `: ${said}`}`);
  return { status, errors, data: asObject(body['data']), auth: asObject(body['auth']) };
}

function json(response: HttpResponse): JsonObject {
  if (response.text.trim() === '') return {};
  try {
    return asObject(response.json()) ?? {};
  } catch (error) {
    // A proxy's page for 503 and the like says its status.
    if (response.status >= 400 && error instanceof HttpFailure) return {};
    throw error;
  }
}

/** A path of Vault as the path of a URL. */
export function urlPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Vault's reasons in one line, without the list that Go makes of them. */
export function errorText(errors: readonly string[]): string {
  const reasons = errors.flatMap((error) => error.replace(/^\d+ errors? occurred:/, '').split(/\n\s*\*\s/));
  const texts = reasons.map((reason) => reason.replaceAll(/\s+/g, ' ').trim());
  return texts
    .filter((text) => text !== '')
    .join('; ')
    .slice(0, 300);
}
