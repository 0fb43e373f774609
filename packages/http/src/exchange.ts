import type { ClientRequest, IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { TLSSocket } from 'node:tls';
import { failureOf, HttpFailure } from './failure.ts';
import { agentFor } from './proxy.ts';
import type { HttpRequest, HttpTimings } from './types.ts';

export interface OpenExchange {
  readonly url: URL;
  readonly message: IncomingMessage;
  readonly certificateEnds?: Date;
  /** Ends the connection; `why` becomes the failure of whoever still reads. */
  abandon(why: HttpFailure): void;
  timings(end: number): HttpTimings;
  readonly start: number;
}

/** Sends one request and answers when the head of the response has arrived. Every failure is an HttpFailure. */
export async function openExchange(request: HttpRequest, url: URL, signal: AbortSignal): Promise<OpenExchange> {
  const agent = await agentFor(url);
  const { request: send } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const start = performance.now();
  const marks = { lookup: start, connect: start, secure: start, sent: start, head: start };
  let sent = false;

  return new Promise((resolve, reject) => {
    const { tls = {} } = request;
    const outgoing: ClientRequest = send(url, {
      method: request.method ?? 'GET',
      headers: { ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }), ...request.headers },
      agent,
      signal,
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
      ...(tls.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: tls.rejectUnauthorized }),
    });
    outgoing.once('socket', (socket) => {
      socket.once('lookup', () => {
        marks.lookup = performance.now();
      });
      socket.once('connect', () => {
        marks.connect = performance.now();
        sent = url.protocol === 'http:';
      });
      socket.once('secureConnect', () => {
        marks.secure = performance.now();
        sent = true;
      });
    });
    outgoing.once('finish', () => {
      marks.sent = performance.now();
    });
    outgoing.once('error', (error) => reject(signal.aborted ? abortFailure(signal, url, sent) : failureOf(error, url, sent)));
    outgoing.once('response', (message) => {
      marks.head = performance.now();
      const ends = certificateEnds(message);
      resolve({
        url,
        message,
        ...(ends === undefined ? {} : { certificateEnds: ends }),
        abandon: (why) => message.destroy(why),
        timings: (end) => phases(start, marks, end),
        start,
      });
    });
    outgoing.end(request.body);
  });
}

/** Why the signal ended the exchange: time was up, or somebody called it off. */
export function abortFailure(signal: AbortSignal, url: URL, sent: boolean): HttpFailure {
  const timeout = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  return timeout
    ? new HttpFailure('timeout', `${url.host} did not answer in time`, sent, { cause: signal.reason })
    : new HttpFailure('aborted', `the request to ${url.host} was called off`, sent, { cause: signal.reason });
}

function certificateEnds(message: IncomingMessage): Date | undefined {
  const socket = message.socket as Partial<TLSSocket>;
  const validTo = socket.getPeerCertificate?.().valid_to;
  return validTo === undefined ? undefined : new Date(validTo);
}

function phases(start: number, marks: { lookup: number; connect: number; secure: number; sent: number; head: number }, end: number): HttpTimings {
  const between = (from: number, to: number) => Math.max(0, to - from);
  return {
    dns: between(start, marks.lookup),
    tcp: between(marks.lookup, marks.connect),
    tls: marks.secure > start ? between(marks.connect, marks.secure) : 0,
    wait: between(Math.max(marks.sent, marks.connect, marks.secure), marks.head),
    download: between(marks.head, end),
    total: between(start, end),
  };
}
