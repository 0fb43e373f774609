import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as timer } from 'node:timers/promises';
import { readBody } from './body.ts';
import { type OpenExchange, openExchange } from './exchange.ts';
import { abortFailure, failureOf, HttpFailure } from './failure.ts';
import { limit } from './limit.ts';
import { connectionPool, type Pool } from './pool.ts';
import { redirected } from './redirect.ts';
import { isIdempotent, pauseBefore, retryable } from './retry.ts';
import type { HttpClient, HttpExchange, HttpRequest, HttpResponse, HttpStream } from './types.ts';

export interface HttpClientOptions {
  /** Told about every exchange; for `run.debug`. */
  readonly observe?: (exchange: HttpExchange) => void;
  readonly userAgent?: string;
  /**
   * Keeps connections for the next request to their origin, for a second: for many questions to one API. Where each request
   * is to show how a stranger is served, with its handshake and certificate of now, that would hide what is measured.
   * HEAD, streams, and methods that must not be sent twice keep a connection of their own.
   */
  readonly keepConnections?: boolean;
  /** Ends everything under way, for a cancelled job. */
  readonly signal?: AbortSignal;
  /** The pause between two tries, in milliseconds; rejects when the signal is aborted. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const TIMEOUT = 30_000;
const MAX_BYTES = 10 * 1024 * 1024;

/** Nothing keeps the process alive after the last answer, be connections kept or not. */
export function httpClient({
  observe = () => {},
  userAgent = 'delivery-actions',
  keepConnections = false,
  signal: outer,
  wait = (milliseconds, signal) => timer(milliseconds, undefined, { signal }),
}: HttpClientOptions = {}): HttpClient {
  const pool = keepConnections ? connectionPool(outer) : undefined;

  async function open(
    request: HttpRequest,
    signal: AbortSignal,
    attempt: number,
    connections?: Pool,
  ): Promise<OpenExchange> {
    const url = parsed(request.url);
    const headers = { 'user-agent': userAgent, ...request.headers };
    const started = performance.now();
    const seen = (result: { status: number } | { failure: string }) =>
      observe({
        method: request.method ?? 'GET',
        url: `${url.origin}${url.pathname}`,
        milliseconds: performance.now() - started,
        attempt,
        ...result,
      });
    try {
      const exchange = await openExchange({ ...request, headers }, url, signal, connections);
      seen({ status: exchange.message.statusCode ?? 0 });
      return exchange;
    } catch (error) {
      const failure = failureOf(error, url, false);
      seen({ failure: failure.message });
      throw failure;
    }
  }

  /** One try, with the redirects that it may follow. */
  async function once(request: HttpRequest, signal: AbortSignal, attempt: number): Promise<HttpResponse> {
    const most = request.redirects ?? 0;
    const redirects: string[] = [];
    let before = 0;
    let current = request;
    for (;;) {
      const headers = { 'accept-encoding': 'gzip, deflate, br', ...current.headers };
      const exchange = await open({ ...current, headers }, signal, attempt, mayShare(current) ? pool : undefined);
      let next: HttpRequest | undefined;
      try {
        next = most > 0 ? redirected(current, exchange.url, head(exchange)) : undefined;
        if (next !== undefined && redirects.length === most) {
          const text = `${parsed(request.url).host} redirected more than ${most} times`;
          throw new HttpFailure('too-many-redirects', text, true);
        }
      } catch (error) {
        exchange.message.destroy();
        throw error;
      }
      if (next === undefined) {
        const body = await readBody(exchange, request.maxBytes ?? MAX_BYTES, signal);
        return response(exchange, body, redirects, before);
      }
      before += exchange.timings(performance.now()).total;
      exchange.message.destroy();
      redirects.push(String(next.url));
      current = next;
    }
  }

  async function attempt(
    request: HttpRequest,
    signal: AbortSignal,
    number: number,
  ): Promise<HttpResponse | HttpFailure> {
    try {
      return await once(request, signal, number);
    } catch (error) {
      if (error instanceof HttpFailure) return error;
      throw error;
    }
  }

  return {
    async request(request) {
      using bounds = limit(request.timeout ?? TIMEOUT, request.signal, outer);
      for (let number = 1; ; number += 1) {
        const outcome = await attempt(request, bounds.signal, number);
        const pause = pauseBefore(number, outcome);
        // What the server really said is worth more than a timeout spent waiting for its next answer.
        const last = number > (request.retries ?? 0) || !retryable(request, outcome) || pause >= bounds.remaining();
        if (last && outcome instanceof HttpFailure) throw outcome;
        if (last) return outcome as HttpResponse;
        try {
          await wait(pause, bounds.signal);
        } catch {
          throw abortFailure(bounds.signal, parsed(request.url), true);
        }
      }
    },
    async stream(request): Promise<HttpStream> {
      const bounds = limit(request.timeout ?? TIMEOUT, request.signal, outer);
      try {
        const exchange = await open(request, bounds.signal, 1);
        bounds.stopTimer();
        // However the stream ends, its listeners on the outer signals go with it.
        exchange.message.once('close', () => bounds[Symbol.dispose]());
        return {
          ...head(exchange),
          body: chunks(exchange, bounds.signal),
          close: () => exchange.message.destroy(),
        };
      } catch (error) {
        bounds[Symbol.dispose]();
        throw error;
      }
    },
  };
}

/** Whatever may be lost with a kept connection is sent again. HEAD: servers that send a body all the same are too many. */
function mayShare({ method = 'GET' }: HttpRequest): boolean {
  return method.toUpperCase() !== 'HEAD' && isIdempotent(method);
}

/** Never quotes what it was given: it may hold a password. */
function parsed(address: string | URL): URL {
  if (!URL.canParse(String(address))) throw new HttpFailure('bad-request', 'the address is not a URL', false);
  const url = new URL(address);
  if (/^https?:$/.test(url.protocol)) return url;
  throw new HttpFailure(
    'bad-request',
    `${url.protocol}// is not an address for HTTP: expected http:// or https://`,
    false,
  );
}

async function* chunks({ message, url }: OpenExchange, signal: AbortSignal): AsyncIterable<Buffer> {
  try {
    for await (const chunk of message) yield chunk as Buffer;
    signal.throwIfAborted();
  } catch (error) {
    throw signal.aborted ? abortFailure(signal, url, true) : failureOf(error, url, true);
  } finally {
    message.destroy();
  }
}

function head({ message, url }: OpenExchange): { status: number; headers: Record<string, string>; url: string } {
  return { status: message.statusCode ?? 0, headers: headersOf(message), url: url.href };
}

function headersOf(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function response(exchange: OpenExchange, body: Buffer, redirects: readonly string[], before: number): HttpResponse {
  const text = new TextDecoder().decode(body);
  const timings = exchange.timings(performance.now());
  return {
    ...head(exchange),
    body,
    text,
    json() {
      try {
        return JSON.parse(text);
      } catch {
        // V8's message quotes the text that it was given.
        const { host } = exchange.url;
        throw new HttpFailure(
          'not-json',
          `${host} answered ${exchange.message.statusCode} with a body that is not JSON`,
          true,
        );
      }
    },
    timings: { ...timings, total: before + timings.total },
    redirects,
    ...(exchange.certificateEnds === undefined ? {} : { certificateEnds: exchange.certificateEnds }),
  };
}
