import { randomUUID } from 'node:crypto';
import { type Exchange, listen, type StandIn, sendJson } from '../loopback.ts';
import { type Capability, capabilities, DEFAULT_POLICY, parsePolicy, reaches } from './acl.ts';
import { type JwtMethod, login } from './jwt.ts';
import { type Fields, type Kv, type KvAnswer, kv } from './kv.ts';
import { DENIED, INVALID_TOKEN, VaultError } from './vault-error.ts';

export interface VaultRequest {
  readonly method: string;
  /** Behind `/v1/`. */
  readonly path: string;
  readonly namespace: string;
  readonly token: string;
}

/** What a test may set before and while the stand-in runs. */
export interface VaultBehaviour {
  sealed?: boolean;
  /** A standby that does not forward: every request is redirected (307) there. */
  redirectTo?: string;
  /** Vault before 1.10 has no `subkeys`. */
  withoutSubkeys?: boolean;
  /** A rate limit quota is used up: 429. */
  throttled?: boolean;
  /** Milliseconds before each answer; `Infinity` never answers. */
  delay?: number;
  /** Instead of every answer: what a proxy or a portal may say. */
  answerWith?: { readonly status: number; readonly body: string };
}

export interface VaultOptions extends VaultBehaviour {
  /** Default `root`. */
  readonly rootToken?: string;
  readonly now?: () => number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/**
 * Vault on loopback: KV 1 and 2, ACL policies, tokens and JWT login, all managed by the protocol itself, each namespace a
 * Vault of its own.
 */
export interface VaultStandIn extends StandIn {
  readonly behaviour: VaultBehaviour;
  readonly requests: readonly VaultRequest[];
  /** The most requests that were open at one time. */
  readonly peak: number;
}

interface Token {
  readonly policies: readonly string[];
  readonly expires: number;
}

interface Namespace {
  readonly mounts: Map<string, Kv>;
  readonly policies: Map<string, string>;
  readonly tokens: Map<string, Token>;
  readonly methods: Map<string, JwtMethod>;
}

const OPERATIONS: Readonly<Record<string, Capability>> = {
  GET: 'read',
  DELETE: 'delete',
  POST: 'update',
  PUT: 'update',
};

export async function startVault(options: VaultOptions = {}): Promise<VaultStandIn> {
  const { rootToken = 'root', now = Date.now, tls, ...behaviour } = options;
  const namespaces = new Map<string, Namespace>();
  const requests: VaultRequest[] = [];
  let open = 0;
  let peak = 0;

  function namespaceOf(name: string): Namespace {
    const found = namespaces.get(name) ?? {
      mounts: new Map<string, Kv>(),
      policies: new Map([['default', DEFAULT_POLICY]]),
      tokens: new Map([[rootToken, { policies: ['root'], expires: Number.POSITIVE_INFINITY }]]),
      methods: new Map<string, JwtMethod>(),
    };
    namespaces.set(name, found);
    return found;
  }

  function issue({ tokens }: Namespace, policies: readonly string[], id: string, seconds: number): Fields {
    tokens.set(id, { policies, expires: now() + seconds * 1000 });
    return { client_token: id, policies, lease_duration: seconds };
  }

  function answer(exchange: Exchange, path: string): KvAnswer & { readonly auth?: Fields } {
    const { method, url, headers } = exchange;
    const body = JSON.parse(exchange.body.toString('utf8') || '{}') as Fields;
    const namespace = namespaceOf(String(headers['x-vault-namespace'] ?? ''));
    const id = String(headers['x-vault-token'] ?? '');

    const [, method_, rest = ''] = /^auth\/(.+?)\/(login|config|role\/.+)$/.exec(path) ?? [];
    const auth = method_ === undefined ? undefined : namespace.methods.get(method_);
    if (rest === 'login') {
      if (auth === undefined) throw new VaultError(403, DENIED);
      const policies = login(auth, body, now());
      return { status: 200, auth: issue(namespace, ['default', ...policies], `hvs.${randomUUID()}`, 3600) };
    }

    const token = namespace.tokens.get(id);
    if (token === undefined || token.expires <= now()) throw new VaultError(403, INVALID_TOKEN);
    const root = token.policies.includes('root');
    const rules = token.policies.flatMap((policy) => parsePolicy(namespace.policies.get(policy) ?? ''));
    const may = (at: string) => (root ? (['root'] as const) : capabilities(rules, at));

    const [, asked] = /^sys\/internal\/ui\/mounts\/(.+)$/.exec(path) ?? [];
    if (asked !== undefined) {
      const mount = [...namespace.mounts].find(([at]) => `${asked}/`.startsWith(at));
      // The same for a mount that is not there, so that nobody can try names out (hashicorp/vault#11434).
      if (mount === undefined || !(root || reaches(rules, mount[0])))
        throw new VaultError(
          403,
          `preflight capability check returned 403, please ensure client's policies grant access to path "${asked}/"`,
        );
      return { status: 200, data: { path: mount[0], type: 'kv', options: { version: String(mount[1].version) } } };
    }

    const list = method === 'LIST' || url.searchParams.get('list') === 'true';
    const wanted = list ? 'list' : (OPERATIONS[method] ?? 'read');
    const given = may(path) as readonly Capability[];
    if (!root && !given.includes(wanted) && !(wanted === 'update' && given.includes('create')))
      throw new VaultError(403, DENIED);

    if (path === 'sys/capabilities-self') {
      const paths = (body['paths'] ?? []) as readonly string[];
      return { status: 200, data: Object.fromEntries(paths.map((each) => [each, may(each)])) };
    }
    if (path === 'auth/token/lookup-self') return { status: 200, data: { id, policies: token.policies } };
    if (path === 'auth/token/revoke-self') {
      namespace.tokens.delete(id);
      return { status: 204 };
    }
    if (path === 'auth/token/create') {
      const own = (body['policies'] ?? []) as readonly string[];
      const policies = body['no_default_policy'] === true ? own : ['default', ...own];
      const seconds = Number.parseInt(String(body['ttl'] ?? '3600'), 10);
      return { status: 200, auth: issue(namespace, policies, String(body['id'] ?? randomUUID()), seconds) };
    }
    const [, policy] = /^sys\/policies\/acl\/(.+)$/.exec(path) ?? [];
    const [, mounted] = /^sys\/mounts\/(.+)$/.exec(path) ?? [];
    const [, enabled] = /^sys\/auth\/(.+)$/.exec(path) ?? [];
    if (policy !== undefined) namespace.policies.set(policy, String(body['policy'] ?? ''));
    else if (mounted !== undefined) {
      const version = (body['options'] as Fields | undefined)?.['version'] === '2' ? 2 : 1;
      namespace.mounts.set(
        `${mounted}/`,
        kv(version, () => behaviour.withoutSubkeys ?? false),
      );
    } else if (enabled !== undefined) namespace.methods.set(enabled, { config: {}, roles: new Map() });
    else if (auth !== undefined && rest === 'config') auth.config = body;
    else if (auth !== undefined) auth.roles.set(rest.replace(/^role\//, ''), body);
    else {
      const mount = [...namespace.mounts].find(([at]) => path.startsWith(at));
      if (mount === undefined) throw new VaultError(404, `no handler for route "${path}". route entry not found.`);
      return mount[1].answer(method, path.slice(mount[0].length), body, { list, now: now() });
    }
    return { status: 204 };
  }

  const server = await listen(async (exchange) => {
    open += 1;
    peak = Math.max(peak, open);
    exchange.response.once('close', () => {
      open -= 1;
    });
    const { method, url, headers, response } = exchange;
    const path = decodeURIComponent(url.pathname.replace(/^\/v1\//, ''));
    const namespace = String(headers['x-vault-namespace'] ?? '');
    requests.push({ method, path, namespace, token: String(headers['x-vault-token'] ?? '') });
    if (behaviour.delay === Number.POSITIVE_INFINITY) return;
    await new Promise((resolve) => setTimeout(resolve, behaviour.delay ?? 0));
    if (behaviour.answerWith !== undefined) {
      response.writeHead(behaviour.answerWith.status, { 'content-type': 'text/html' });
      response.end(behaviour.answerWith.body);
    } else if (behaviour.redirectTo !== undefined) {
      response.writeHead(307, { location: `${behaviour.redirectTo}${url.pathname}` });
      response.end();
    } else if (behaviour.sealed) sendJson(response, 503, { errors: ['Vault is sealed'] });
    else if (behaviour.throttled) sendJson(response, 429, { errors: ['request path: rate limit quota exceeded'] });
    else send(exchange, () => answer(exchange, path));
  }, tls);
  return {
    ...server,
    behaviour,
    requests,
    get peak() {
      return peak;
    },
  };
}

function send({ response }: Exchange, answer: () => KvAnswer): void {
  try {
    const { status, ...body } = answer();
    if (status === 204) {
      response.writeHead(204);
      response.end();
    } else sendJson(response, status, { request_id: randomUUID(), data: null, warnings: null, auth: null, ...body });
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    sendJson(response, error.status, { errors: error.errors });
  }
}
