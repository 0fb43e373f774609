import type { HttpFailure, HttpFailureKind } from '@delivery-actions/http';

/** Why a store that is asked over HTTP gave no answer, whatever store it is. */
export type HttpObstacle = 'timeout' | 'network' | 'tls' | 'proxy' | 'not-the-api';

const KINDS: Readonly<Partial<Record<HttpFailureKind, HttpObstacle>>> = {
  timeout: 'timeout',
  aborted: 'timeout',
  tls: 'tls',
  proxy: 'proxy',
  'not-http': 'not-the-api',
  'not-json': 'not-the-api',
  'bad-encoding': 'not-the-api',
  'too-large': 'not-the-api',
};

export function httpObstacle({ kind }: HttpFailure): HttpObstacle {
  return KINDS[kind] ?? 'network';
}

/** Where a proxy breaks TLS open, which is what a runner meets that trusts the store itself. */
export const AUTHORITY = 'a proxy answers with its own certificate: give Node its authority with NODE_EXTRA_CA_CERTS';

/** The title and the next step of an obstacle on the way to `service`, whose address comes from `setting`. */
export function wayOut(
  cause: HttpObstacle,
  { service, setting, authority = AUTHORITY }: { service: string; setting: string; authority?: string },
): { readonly title: string; readonly hint: string } {
  switch (cause) {
    case 'timeout':
      return {
        title: 'Timeout',
        hint: `can the runner reach ${service} (firewall, HTTPS_PROXY)? If it is only slow, raise the input "timeout"`,
      };
    case 'network':
      return {
        title: `${service} cannot be reached`,
        hint: `is ${setting} right, and can the runner reach it (private network, firewall, HTTPS_PROXY, NO_PROXY)?`,
      };
    case 'tls':
      return { title: `${service} is not trusted`, hint: authority };
    case 'proxy':
      return {
        title: 'The proxy does not let the request pass',
        hint: 'check HTTPS_PROXY, or name the host in NO_PROXY when it is reached without the proxy',
      };
    case 'not-the-api':
      return {
        title: `${service} did not answer`,
        hint: `is it ${service} that answers at ${setting}? A login page or a portal of the network may stand before it`,
      };
  }
}
