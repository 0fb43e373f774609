import type { TLSSocket } from 'node:tls';
import type { Exchange } from '../loopback.ts';
import type { Kind } from './kinds.ts';
import { forbidden, StatusError } from './status.ts';

/** Something that nobody may do. */
export interface Denial {
  /** `get`, `list`, `watch`, ...; `*` for all. */
  readonly verb: string;
  /** `pods`, `pods/log`, `deployments`. */
  readonly resource: string;
  /** Of this object only, as a Role with `resourceNames` leaves it out. */
  readonly name?: string;
}

export interface Access {
  /** Who asks; throws 401. */
  userOf(exchange: Exchange): string;
  /** Throws 403. */
  check(user: string, verb: string, kind: Kind, namespace: string, name?: string, subresource?: string): void;
}

export interface Accounts {
  /** User names by bearer token. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly denied: readonly Denial[];
  /** Without TLS no client sends a credential: everyone is let in. */
  readonly open: boolean;
}

export function accessControl(accounts: () => Accounts): Access {
  return {
    userOf({ headers, request }) {
      const { tokens, open } = accounts();
      if (open) return 'anyone';
      const socket = request.socket as TLSSocket;
      if (socket.authorized) return String(socket.getPeerCertificate().subject.CN);
      const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
      const user = tokens.get(token);
      if (user === undefined) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
      return user;
    },
    check(user, verb, kind, namespace, name, subresource) {
      const resource = subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`;
      const { denied } = accounts();
      const isMeant = (each: Denial) =>
        each.resource === resource && ['*', verb].includes(each.verb) && [undefined, name].includes(each.name);
      if (denied.some(isMeant)) {
        throw forbidden(user, verb, kind, resource, namespace, name);
      }
    },
  };
}
