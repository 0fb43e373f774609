import { randomUUID } from 'node:crypto';
import { type Exchange, listen, type StandIn, sendJson } from '../loopback.ts';
import { GoogleError } from './google-error.ts';
import { describeVersion, type GoogleSecret, versionOf } from './secrets.ts';
import { type GoogleLogin, tokenAnswer } from './tokens.ts';

export type GooglePermission = 'versions.get' | 'versions.access' | 'secrets.get' | 'secrets.list';

/** What a test may set before and while the stand-in runs. */
export interface GoogleSecretManagerBehaviour extends GoogleLogin {
  /** Access tokens that are taken beside those that it gave out. */
  accessTokens?: readonly string[];
  /** What the caller may, on names that start so; everything without it. */
  allow?: Readonly<Partial<Record<GooglePermission, readonly string[]>>>;
  /** Projects in which the API is not enabled. */
  disabledIn?: readonly string[];
  throttled?: boolean;
  /** Milliseconds before each answer; `Infinity` never answers. */
  delay?: number;
  answerWith?: { readonly status: number; readonly body: string };
}

export interface GoogleRequestSeen {
  readonly method: string;
  readonly path: string;
  readonly token: string;
}

/** Google Secret Manager v1 on loopback, with the token endpoints that credentials files name. */
export interface GoogleSecretManagerStandIn extends StandIn {
  readonly behaviour: GoogleSecretManagerBehaviour;
  /** By their names, to fill and to change past the protocol. */
  readonly secrets: Map<string, GoogleSecret>;
  /** Adds a version to a secret, which is made if need be. */
  put(name: string, value: string | Uint8Array, created?: number): GoogleSecret;
  readonly requests: readonly GoogleRequestSeen[];
  readonly peak: number;
}

const CALL =
  /^\/v1\/(projects\/[^/]+(?:\/locations\/[^/]+)?)\/secrets(?:\/([^/:]+)(?:\/versions\/([^/:]+)(:access)?)?)?$/;

export async function startGoogleSecretManager(
  behaviour: GoogleSecretManagerBehaviour = {},
): Promise<GoogleSecretManagerStandIn> {
  const secrets = new Map<string, GoogleSecret>();
  const requests: GoogleRequestSeen[] = [];
  const issued = new Set<string>();
  let open = 0;
  let peak = 0;

  function issue(): string {
    const token = `ya29.${randomUUID()}`;
    issued.add(token);
    return token;
  }

  function allow(permission: GooglePermission, name: string): void {
    const { allow } = behaviour;
    if (allow === undefined || allow[permission]?.some((start) => name.startsWith(start))) return;
    const what = `Permission 'secretmanager.${permission}' denied for resource '${name}' (or it may not exist).`;
    throw new GoogleError(403, 'PERMISSION_DENIED', what, 'IAM_PERMISSION_DENIED');
  }

  function answer(path: string, query: URLSearchParams): object {
    const [, parent = '', secret, version, access] = CALL.exec(path) ?? [];
    const project = parent.split('/')[1] ?? '';
    if (parent === '') throw new GoogleError(404, 'NOT_FOUND', 'Not found.');
    if (behaviour.disabledIn?.includes(project))
      throw new GoogleError(
        403,
        'PERMISSION_DENIED',
        `Secret Manager API has not been used in project ${project} before or it is disabled.`,
        'SERVICE_DISABLED',
      );
    const name = `${parent}/secrets/${secret}`;
    if (secret === undefined) {
      allow('secrets.list', parent);
      const all = [...secrets.values()].filter((each) => each.name.startsWith(`${parent}/secrets/`));
      const start = Number(query.get('pageToken') ?? 0);
      const end = start + Math.min(2, Number(query.get('pageSize') ?? 2));
      const next = end < all.length ? { nextPageToken: String(end) } : {};
      return { secrets: all.slice(start, end).map((each) => ({ name: each.name })), totalSize: all.length, ...next };
    }
    const permission =
      version === undefined ? 'secrets.get' : access === undefined ? 'versions.get' : 'versions.access';
    allow(permission, version === undefined ? name : `${name}/versions/${version}`);
    const found = secrets.get(name);
    if (found === undefined) {
      const none = version === 'latest' ? ' or has no versions' : '';
      throw new GoogleError(404, 'NOT_FOUND', `Secret [${name}] not found${none}.`);
    }
    if (version === undefined) return { name, replication: { automatic: {} } };
    const [number, each] = versionOf(found, version);
    if (access === undefined) return describeVersion(found, number, each);
    const where = `${name}/versions/${number}`;
    if (each.state !== 'ENABLED')
      throw new GoogleError(400, 'FAILED_PRECONDITION', `Secret Version [${where}] is in ${each.state} state.`);
    return { name: where, payload: { data: Buffer.from(each.value).toString('base64') } };
  }

  function handle({ url, body }: Exchange, token: string): { status: number; body: object } {
    if (url.pathname.endsWith('/token')) return tokenAnswer(body.toString('utf8'), behaviour, issue);
    try {
      if (!issued.has(token) && !behaviour.accessTokens?.includes(token))
        throw new GoogleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
      const path = decodeURIComponent(url.pathname);
      const [, account] = /\/serviceAccounts\/([^/]+):generateAccessToken$/.exec(path) ?? [];
      if (account === undefined) return { status: 200, body: answer(path, url.searchParams) };
      if (!behaviour.impersonates?.includes(account)) {
        const what = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).";
        throw new GoogleError(403, 'PERMISSION_DENIED', what, 'IAM_PERMISSION_DENIED');
      }
      return {
        status: 200,
        body: { accessToken: issue(), expireTime: new Date(Date.now() + 3_600_000).toISOString() },
      };
    } catch (error) {
      if (!(error instanceof GoogleError)) throw error;
      return { status: error.code, body: error.body() };
    }
  }

  const server = await listen(async (exchange) => {
    open += 1;
    peak = Math.max(peak, open);
    exchange.response.once('close', () => {
      open -= 1;
    });
    const { method, url, headers, response } = exchange;
    const token = String(headers.authorization ?? '').replace(/^Bearer /, '');
    requests.push({ method, path: url.pathname, token });
    if (behaviour.delay === Number.POSITIVE_INFINITY) return;
    await new Promise((resolve) => setTimeout(resolve, behaviour.delay ?? 0));
    if (behaviour.answerWith !== undefined) {
      response.writeHead(behaviour.answerWith.status, { 'content-type': 'text/html' });
      response.end(behaviour.answerWith.body);
    } else if (behaviour.throttled) {
      const error = new GoogleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', 'RATE_LIMIT_EXCEEDED');
      sendJson(response, error.code, error.body(), { 'retry-after': '0' });
    } else {
      const { status, body } = handle(exchange, token);
      sendJson(response, status, body);
    }
  });
  return {
    ...server,
    behaviour,
    secrets,
    put(name, value, created = Date.now()) {
      const secret = secrets.get(name) ?? { name, versions: [] };
      secret.versions.push({ created, value, state: 'ENABLED' });
      secrets.set(name, secret);
      return secret;
    },
    requests,
    get peak() {
      return peak;
    },
  };
}
