import { type HttpClient, HttpFailure } from '@delivery-actions/http';
import { httpObstacle } from '../http-obstacle.ts';
import { asObject, type JsonObject } from '../json-object.ts';
import { Unanswered } from '../unanswered.ts';
import type { GoogleObstacle } from './google-check.ts';
import type { Trust } from './hosts.ts';
import { type GoogleReference, secretName } from './reference.ts';

/** A SecretVersion (REST reference of Secret Manager v1). Moments are in milliseconds since 1970. */
export interface SecretVersion {
  /** Its number. */
  readonly version: string;
  readonly state: string;
  readonly created?: number;
  readonly destruction?: number;
  /** Where its replicas are, when they are chosen by hand. */
  readonly locations?: readonly string[];
}

export interface SecretManagerApi {
  version(reference: GoogleReference): Promise<SecretVersion | 'missing' | 'denied'>;
  /** Whether the secret itself is there, with or without versions. */
  secret(reference: GoogleReference): Promise<'there' | 'missing' | 'denied'>;
  /** The value, as text; undefined for a binary one. */
  access(reference: GoogleReference): Promise<{ readonly text: string | undefined } | 'denied' | 'no-value'>;
  /** Names of the project's secrets of that location; undefined where listing is not allowed or gives no answer. */
  list(reference: GoogleReference): Promise<readonly string[] | undefined>;
}

export function secretManagerApi(
  http: HttpClient,
  { token, trust, signal }: { readonly token: string; readonly trust: Trust; readonly signal: AbortSignal },
): SecretManagerApi {
  let broken: Unanswered<GoogleObstacle> | undefined;

  async function get(reference: GoogleReference, path: string): Promise<{ status: number; body: JsonObject }> {
    if (broken !== undefined) throw broken;
    const url = `${base(reference, trust)}/v1/${path}`;
    try {
      const headers = { authorization: `Bearer ${token}` };
      const response = await http.request({ url, headers, timeout: 15_000, retries: 3, signal });
      const body = asObject(response.text.trim() === '' ? {} : response.json()) ?? {};
      const failure = obstacleIn(response.status, body, reference, new URL(url).host);
      if (failure !== undefined) throw failure;
      return { status: response.status, body };
    } catch (error) {
      if (error instanceof HttpFailure) throw new Unanswered<GoogleObstacle>(httpObstacle(error), error.message);
      if (error instanceof Unanswered && error.obstacle === 'refused-token') broken = error;
      throw error;
    }
  }

  return {
    async version(reference) {
      const { status, body } = await get(reference, `${secretName(reference)}/versions/${reference.version}`);
      if (status === 403) return 'denied';
      if (status === 404) return 'missing';
      const created = moment(body['createTime']);
      const destruction = moment(body['scheduledDestroyTime']);
      const managed = asObject(asObject(body['replicationStatus'])?.['userManaged'])?.['replicas'];
      const locations = Array.isArray(managed)
        ? managed.map((each) => String(asObject(each)?.['location']))
        : undefined;
      return {
        version: String(body['name']).split('/').at(-1) ?? reference.version,
        state: String(body['state']),
        ...(created === undefined ? {} : { created }),
        ...(destruction === undefined ? {} : { destruction }),
        ...(locations === undefined ? {} : { locations }),
      };
    },
    async secret(reference) {
      const { status } = await get(reference, secretName(reference));
      return status === 403 ? 'denied' : status === 404 ? 'missing' : 'there';
    },
    async access(reference) {
      const { status, body } = await get(reference, `${secretName(reference)}/versions/${reference.version}:access`);
      if (status === 403) return 'denied';
      const data = asObject(body['payload'])?.['data'];
      return status === 200 ? { text: decoded(typeof data === 'string' ? data : '') } : 'no-value';
    },
    async list(reference) {
      const names: string[] = [];
      const parent = secretName(reference).replace(/\/secrets\/.*$/, '');
      try {
        let page = '';
        do {
          const { status, body } = await get(reference, `${parent}/secrets?pageSize=1000${page}`);
          if (status !== 200) return undefined;
          const secrets = Array.isArray(body['secrets']) ? body['secrets'] : [];
          names.push(...secrets.map((each) => String(asObject(each)?.['name']).split('/').at(-1) ?? ''));
          const next = body['nextPageToken'];
          page = typeof next === 'string' && next !== '' ? `&pageToken=${encodeURIComponent(next)}` : '';
        } while (page !== '');
        return names;
      } catch (error) {
        if (error instanceof Unanswered) return undefined;
        throw error;
      }
    },
  };
}

/** A regional secret is at the endpoint of its region. */
function base({ location }: GoogleReference, { endpoint, universe }: Trust): string {
  if (endpoint !== undefined) return endpoint;
  return location === undefined
    ? `https://secretmanager.${universe}`
    : `https://secretmanager.${location}.rep.${universe}`;
}

/** What keeps every answer away. Matched by the reason that Google gives (google.rpc.ErrorInfo), before the HTTP status. */
function obstacleIn(
  status: number,
  body: JsonObject,
  { project }: GoogleReference,
  host: string,
): Unanswered<GoogleObstacle> | undefined {
  const error = asObject(body['error']) ?? {};
  const details: readonly unknown[] = Array.isArray(error['details']) ? error['details'] : [];
  const reasons = details.map((each) => asObject(each)?.['reason']);
  if (reasons.includes('SERVICE_DISABLED'))
    return new Unanswered('api-disabled', `The Secret Manager API is not enabled in the project ${project}`, project);
  if (reasons.includes('ACCESS_TOKEN_SCOPE_INSUFFICIENT'))
    return new Unanswered('refused-token', `The access token lacks the scope cloud-platform (${status})`);
  if (status === 401) return new Unanswered('refused-token', `${host} does not accept the access token (401)`);
  if (status === 429) return new Unanswered('throttled', `${host} kept answering 429: a quota is exceeded`, project);
  // A gateway's page for 404 says nothing of a secret.
  if ((status === 403 || status === 404) && typeof error['status'] !== 'string')
    return new Unanswered('not-the-api', `${host} answered ${status}, but not in the words of Google`);
  if ([200, 403, 404].includes(status) || error['status'] === 'FAILED_PRECONDITION') return undefined;
  const name = typeof error['status'] === 'string' && /^[A-Z_]+$/.test(error['status']) ? ` (${error['status']})` : '';
  return new Unanswered('unexpected', `${host} answered ${status}${name}`);
}

function decoded(data: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'));
  } catch {
    return undefined;
  }
}

function moment(text: unknown): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
