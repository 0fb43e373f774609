import { randomUUID } from 'node:crypto';
import { type Exchange, sendJson } from '../loopback.ts';
import { RegistryError } from './registry-error.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Who may pull and push. With `token`, by the Bearer flow of the distribution specification; with `basic`, as ECR does. */
export type RegistryAccess =
  | { readonly kind: 'open' }
  | { readonly kind: 'basic'; readonly login: Login }
  | {
      readonly kind: 'token';
      readonly login: Login;
      /** Anybody may pull with a token that was given without credentials, as on Docker Hub. */
      readonly anonymousPull?: boolean;
      /** A refresh token that stands for the login (`identitytoken` of a docker config). */
      readonly identityToken?: string;
    };

type Action = 'pull' | 'push';

const SERVICE = 'registry.example';

export interface Gate {
  /** Throws UNAUTHORIZED with the challenge, or DENIED. */
  admit(exchange: Exchange, repository: string | undefined, action: Action): void;
  /** The token service, on `/token`. */
  issue(exchange: Exchange): void;
}

/** `access` is read at every request, so that a test may change it. */
export function gate(access: () => RegistryAccess): Gate {
  const issued = new Map<string, readonly string[]>();

  function challenge(exchange: Exchange, repository: string | undefined, action: Action): RegistryError {
    const realm = `http://${exchange.headers.host}/token`;
    const wanted = action === 'push' ? 'pull,push' : 'pull';
    const scope = repository === undefined ? '' : `,scope="repository:${repository}:${wanted}"`;
    const header =
      access().kind === 'basic' ? `Basic realm="${SERVICE}"` : `Bearer realm="${realm}",service="${SERVICE}"${scope}`;
    return new RegistryError('UNAUTHORIZED', 'authentication required', { 'www-authenticate': header });
  }

  return {
    admit(exchange, repository, action) {
      const rules = access();
      if (rules.kind === 'open') return;
      const [scheme = '', value = ''] = (exchange.headers.authorization ?? '').split(' ');
      if (rules.kind === 'basic') {
        if (scheme !== 'Basic' || !isLogin(value, rules.login)) throw challenge(exchange, repository, action);
        return;
      }
      const scopes = scheme === 'Bearer' ? issued.get(value) : undefined;
      if (scopes === undefined) throw challenge(exchange, repository, action);
      if (repository !== undefined && !scopes.includes(`${repository}:${action}`))
        throw challenge(exchange, repository, action);
    },
    issue(exchange) {
      const rules = access();
      if (rules.kind !== 'token') throw new RegistryError('UNSUPPORTED', 'there are no tokens here');
      const form = new URLSearchParams(exchange.body.toString('utf8'));
      const query = exchange.method === 'POST' ? form : exchange.url.searchParams;
      if (query.get('service') !== SERVICE) throw new RegistryError('DENIED', 'token for another service');
      const [scheme = '', value = ''] = (exchange.headers.authorization ?? '').split(' ');
      const refreshed = rules.identityToken !== undefined && form.get('refresh_token') === rules.identityToken;
      const byPassword = form.get('username') === rules.login.username && form.get('password') === rules.login.password;
      // Older token services take a refresh token as a password (docker/auth of containerd falls back to that).
      const asPassword =
        rules.identityToken !== undefined &&
        scheme === 'Basic' &&
        Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':') === rules.identityToken;
      const known = refreshed || asPassword || byPassword || (scheme === 'Basic' && isLogin(value, rules.login));
      const anonymous = scheme === '' && exchange.method !== 'POST' && rules.anonymousPull === true;
      if (!known && !anonymous)
        throw new RegistryError('UNAUTHORIZED', 'incorrect username or password', {
          'www-authenticate': `Basic realm="${SERVICE}"`,
        });
      const granted = query.getAll('scope').flatMap((scope) => grants(scope, known));
      const token = randomUUID();
      issued.set(token, granted);
      sendJson(exchange.response, 200, { token, access_token: token, expires_in: 300 });
    },
  };
}

/** `repository:acme/app:pull,push` as `acme/app:pull` and `acme/app:push`; several scopes may share one parameter. */
function grants(scopes: string, known: boolean): string[] {
  return scopes.split(' ').flatMap((scope) => {
    const [, name, actions = ''] = /^repository:(.+):([a-z,*]+)$/.exec(scope) ?? [];
    return actions
      .split(',')
      .filter((action) => action === 'pull' || known)
      .map((action) => `${name}:${action}`);
  });
}

function isLogin(value: string, { username, password }: Login): boolean {
  return Buffer.from(value, 'base64').toString('utf8') === `${username}:${password}`;
}
