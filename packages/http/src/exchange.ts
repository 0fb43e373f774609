import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions, request as requestOf } from 'node:https';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { TLSSocket } from 'node:tls';
import { abortFailure, failureOf, type HttpFailure } from './failure.ts';
import type { Pool } from './pool.ts';
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

/** How one request goes out. */
interface Way {
  readonly send: typeof requestOf;
  readonly proxy: URL | undefined;
  /** When the question was asked, on whatever connection. */
  readonly asked: number;
  /** The pool and its agent for this way; without one the connection is the exchange's own. */
  readonly kept?: { readonly pool: Pool; readonly agent: Agent };
}

/**
 * Sends one request and answers when the head of the response has arrived. With a pool the connection may be a kept one, and
 * is kept when the answer has been read to its end. Every failure is an HttpFailure.
 */
export async function openExchange(
  request: HttpRequest,
  url: URL,
  signal: AbortSignal,
  pool?: Pool,
): Promise<OpenExchange> {
  const proxy = proxyFor(url);
  const { request: send, Agent } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
  const way = { send, proxy, asked: performance.now() };
  const kept = pool && { pool, agent: pool.agent(Agent, `${url.protocol} ${proxy?.href}`) };
  const answer = kept && (await exchange(request, url, signal, { ...way, kept }));
  return answer ?? ((await exchange(request, url, signal, way)) as OpenExchange);
}

/** Nothing when a kept connection was closed before any answer came on it (RFC 9112, section 9.3.1). */
async function exchange(
  request: HttpRequest,
  url: URL,
  signal: AbortSignal,
  { send, proxy, asked, kept }: Way,
): Promise<OpenExchange | undefined> {
  const secure = url.protocol === 'https:';
  const start = performance.now();
  const marks: Marks = { start, lookup: start, connect: start, secure: start, sent: start, head: start };
  if (signal.aborted) throw abortFailure(signal, url, false);
  const tunnelled = () => {
    marks.connect = performance.now();
  };
  const route = secure ? await secureRoute(request, url, proxy, signal, tunnelled) : plainRoute(url, proxy);
  let sent = false;
  let read: number | undefined;

  return new Promise((resolve, reject) => {
    const length = request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
    const outgoing: ClientRequest = send(url, {
      method: request.method ?? 'GET',
      signal,
      // Only without this option Node takes the route's `createConnection`.
      ...(kept === undefined && route.createConnection ? {} : { agent: kept?.agent ?? false }),
      ...route,
      headers: { ...length, ...request.headers, ...route.headers },
    });
    outgoing.once('socket', (socket) => {
      if (outgoing.reusedSocket) {
        read = socket.bytesRead;
        sent = true;
        return;
      }
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
      const silent = read === undefined || read === outgoing.socket?.bytesRead;
      if (outgoing.reusedSocket && silent && lost(error)) return resolve(undefined);
      reject(!secure && proxy !== undefined && !sent ? proxyFailure(error, proxy) : failureOf(error, url, sent));
    });
    outgoing.once('response', (message) => {
      marks.head = performance.now();
      if (message.statusCode === 407 && proxy !== undefined) {
        message.destroy();
        return reject(refusal(407, proxy, url));
      }
      // Some servers send a body where there is none: it would be taken for the next answer.
      if (message.statusCode !== 204 && message.statusCode !== 304) kept?.pool.keep(message.socket);
      const ends = certificateEnds(message);
      resolve({
        url,
        message,
        ...(ends === undefined ? {} : { certificateEnds: ends }),
        timings: (end) => ({ ...phases(marks, end), total: end - asked }),
      });
    });
    outgoing.end(request.body);
  });
}

function lost(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

/** Straight to the server, or the whole address to the proxy (RFC 9112, section 3.2.2). */
function plainRoute(url: URL, proxy: URL | undefined): Route {
  if (proxy === undefined) return {};
  return {
    host: bare(proxy.hostname),
    hostname: bare(proxy.hostname),
    port: proxy.port || 80,
    path: `http://${url.host}${url.pathname}${url.search}`,
    headers: { host: url.host, ...proxyHeaders(proxy) },
  };
}

type Route = RequestOptions & { readonly headers?: Record<string, string> };

async function secureRoute(
  { tls: { ca, cert, key, serverName, rejectUnauthorized } = {} }: HttpRequest,
  url: URL,
  proxy: URL | undefined,
  signal: AbortSignal,
  tunnelled: () => void,
): Promise<Route> {
  const options = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
  if (proxy === undefined) return { ...options, ...(serverName === undefined ? {} : { servername: serverName }) };
  const { connect } = await import('node:tls');
  const { isIP } = await import('node:net');
  const host = bare(url.hostname);
  const servername = serverName ?? (isIP(host) === 0 ? host : '');
  return {
    ...options,
    servername,
    // Only when no kept connection is there.
    createConnection(_, done) {
      const connected = (socket: Socket) => {
        tunnelled();
        done(null, connect({ ...options, socket, host, servername, ALPNProtocols: ['http/1.1'] }));
      };
      tunnel(proxy, url, signal).then(connected, (failure: HttpFailure) => done(failure, undefined as never));
      return undefined;
    },
  };
}

function certificateEnds(message: IncomingMessage): Date | undefined {
  const socket = message.socket as Partial<TLSSocket>;
  const validTo = socket.getPeerCertificate?.().valid_to;
  return validTo === undefined ? undefined : new Date(validTo);
}

function phases(marks: Marks, end: number): Omit<HttpTimings, 'total'> {
  const between = (from: number, to: number) => Math.max(0, to - from);
  return {
    dns: between(marks.start, marks.lookup),
    tcp: between(marks.lookup, marks.connect),
    tls: marks.secure > marks.start ? between(marks.connect, marks.secure) : 0,
    wait: between(Math.max(marks.sent, marks.connect, marks.secure), marks.head),
    download: between(marks.head, end),
  };
}
