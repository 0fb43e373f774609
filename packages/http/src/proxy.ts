/// <reference path="./proxy-from-env.d.ts" />
import type { Socket } from 'node:net';
import { getProxyForUrl } from 'proxy-from-env';
import { abortFailure, HttpFailure } from './failure.ts';

/** The proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY ask for, if any. */
export function proxyFor(url: URL): URL | undefined {
  const proxy = getProxyForUrl(url.href);
  if (proxy === '') return undefined;
  if (URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol)) return new URL(proxy);
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  throw new HttpFailure('proxy', `${variable} is not a URL such as http://proxy.example:3128`, false);
}

/** The credentials of the proxy's URL as the header that the proxy reads, and nobody behind it. */
export function proxyHeaders({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/**
 * A connection through the proxy to the host of `url`, by CONNECT (RFC 9110, section 9.3.6). Ours and not an agent's,
 * so that the signal ends it at any moment and a proxy's refusal is never taken for the server's answer.
 */
export async function tunnel(proxy: URL, url: URL, signal: AbortSignal): Promise<Socket> {
  const { request } = proxy.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const authority = `${url.hostname}:${url.port || '443'}`;
  return new Promise((resolve, reject) => {
    const connect = request({
      host: bare(proxy.hostname),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyHeaders(proxy) },
      agent: false,
      signal,
    });
    connect.on('error', (error) =>
      reject(signal.aborted ? abortFailure(signal, url, false) : proxyFailure(error, proxy)),
    );
    connect.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(refusal(answer.statusCode ?? 0, proxy, url));
    });
    connect.end();
  });
}

/** What a proxy says that does not let the request pass. */
export function refusal(status: number, proxy: URL, url: URL): HttpFailure {
  const why = status === 407 ? 'wants a user name and a password (407)' : `does not connect to ${url.host} (${status})`;
  return new HttpFailure('proxy', `the proxy ${proxy.host} ${why}`, false);
}

/** The proxy itself cannot be reached. */
export function proxyFailure(error: Error, proxy: URL): HttpFailure {
  const { code = error.message } = error as NodeJS.ErrnoException;
  const tls =
    proxy.protocol === 'https:' ? '; the variable asks for TLS to the proxy: write http:// if it has none' : '';
  return new HttpFailure('proxy', `the proxy ${proxy.host} cannot be reached (${code})${tls}`, false, { cause: error });
}

/** `[::1]` of a URL as the host name that a socket takes. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
