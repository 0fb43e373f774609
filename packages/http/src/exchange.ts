import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { TLSSocket } from 'node:tls';
import { abortFailure, failureOf } from './failure.ts';
import { bare, proxyFailure, proxyFor, proxyHeaders, refusal, tunnel } from './proxy.ts';
import type { HttpRequest, HttpTimings } from './types.ts';

export interface OpenExchange {
  readonly url: URL;
  readonly message: IncomingMessage;
  readonly certificateEnds?: Date;
  /** The phases up to `end`, a reading of `performance.now()`. */
  timings(end: number): HttpTimings;
}

/** Moments of one exchange; a phase that did not happen keeps the moment before it. */
interface Marks {
  readonly start: number;
  lookup: number;
  connect: number;
  secure: number;
  sent: number;
  head: number;
}

/** Sends one request and answers when the head of the response has arrived. Every failure is an HttpFailure. */
export async function openExchange(request: HttpRequest, url: URL, signal: AbortSignal): Promise<OpenExchange> {
  const secure = url.protocol === 'https:';
  const proxy = proxyFor(url);
  const { request: send } = secure ? await import('node:https') : await import('node:http');
  const start = performance.now();
  const marks: Marks = { start, lookup: start, connect: start, secure: start, sent: start, head: start };
  if (signal.aborted) throw abortFailure(signal, url, false);
  const route = secure ? await secureRoute(request, url, proxy, signal) : plainRoute(url, proxy);
  if (secure && proxy !== undefined) marks.connect = performance.now();
  let sent = false;

  return new Promise((resolve, reject) => {
    const length = request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
    const outgoing: ClientRequest = send(url, {
      method: request.method ?? 'GET',
      signal,
      ...route,
      headers: { ...length, ...request.headers, ...route.headers },
    });
    outgoing.once('socket', (socket) => {
      socket.once('lookup', () => {
        marks.lookup = performance.now();
      });
      socket.once('connect', () => {
        marks.connect = performance.now();
        sent ||= !secure;
      });
      socket.once('secureConnect', () => {
        marks.secure = performance.now();
        sent = true;
      });
    });
    outgoing.once('finish', () => {
      marks.sent = performance.now();
    });
    outgoing.on('error', (error) => {
      if (signal.aborted) return reject(abortFailure(signal, url, sent));
      reject(!secure && proxy !== undefined && !sent ? proxyFailure(error, proxy) : failureOf(error, url, sent));
    });
    outgoing.once('response', (message) => {
      marks.head = performance.now();
      if (message.statusCode === 407 && proxy !== undefined) {
        message.destroy();
        return reject(refusal(407, proxy, url));
      }
      const ends = certificateEnds(message);
      resolve({
        url,
        message,
        ...(ends === undefined ? {} : { certificateEnds: ends }),
        timings: (end) => phases(marks, end),
      });
    });
    outgoing.end(request.body);
  });
}

/** Straight to the server, or the whole address to the proxy (RFC 9112, section 3.2.2). A connection of its own. */
function plainRoute(url: URL, proxy: URL | undefined): RequestOptions {
  if (proxy === undefined) return { agent: false };
  return {
    agent: false,
    host: bare(proxy.hostname),
    hostname: bare(proxy.hostname),
    port: proxy.port || 80,
    path: `http://${url.host}${url.pathname}${url.search}`,
    headers: { host: url.host, ...proxyHeaders(proxy) },
  };
}

async function secureRoute(
  { tls: { ca, cert, key, serverName, rejectUnauthorized } = {} }: HttpRequest,
  url: URL,
  proxy: URL | undefined,
  signal: AbortSignal,
): Promise<RequestOptions & { headers?: Record<string, string> }> {
  const options = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
  if (proxy === undefined)
    return { agent: false, ...options, ...(serverName === undefined ? {} : { servername: serverName }) };
  const { connect } = await import('node:tls');
  const { isIP } = await import('node:net');
  const host = bare(url.hostname);
  const socket = await tunnel(proxy, url, signal);
  const servername = serverName ?? (isIP(host) === 0 ? host : '');
  return {
    createConnection: (): Socket => connect({ ...options, socket, host, servername, ALPNProtocols: ['http/1.1'] }),
  };
}

function certificateEnds(message: IncomingMessage): Date | undefined {
  const socket = message.socket as Partial<TLSSocket>;
  const validTo = socket.getPeerCertificate?.().valid_to;
  return validTo === undefined ? undefined : new Date(validTo);
}

function phases(marks: Marks, end: number): HttpTimings {
  const between = (from: number, to: number) => Math.max(0, to - from);
  return {
    dns: between(marks.start, marks.lookup),
    tcp: between(marks.lookup, marks.connect),
    tls: marks.secure > marks.start ? between(marks.connect, marks.secure) : 0,
    wait: between(Math.max(marks.sent, marks.connect, marks.secure), marks.head),
    download: between(marks.head, end),
    total: between(marks.start, end),
  };
}
