import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { readBody } from './body.ts';
import { abortFailure, type OpenExchange, openExchange } from './exchange.ts';
import { failureOf, HttpFailure } from './failure.ts';
import { redirected } from './redirect.ts';
import { pauseBefore, retryable } from './retry.ts';
import type { HttpClient, HttpExchange, HttpRequest, HttpResponse, HttpStream } from './types.ts';

export interface HttpClientOptions {
  /** Told about every exchange; for `run.debug`. */
  readonly observe?: (exchange: HttpExchange) => void;
  readonly userAgent?: string;
  /** Ends everything under way, for a cancelled job. */
  readonly signal?: AbortSignal;
}

const TIMEOUT = 30_000;
const MAX_BYTES = 10 * 1024 * 1024;

/** Every connection is the exchange's own: nothing is pooled, so nothing keeps the process alive. */
export function httpClient({ observe = () => {}, userAgent = 'delivery-actions', signal: outer }: HttpClientOptions = {}): HttpClient {
  function limits(request: HttpRequest): AbortSignal {
    return AbortSignal.any([AbortSignal.timeout(request.timeout ?? TIMEOUT), request.signal, outer].filter((signal) => signal !== undefined));
  }

  async function open(request: HttpRequest, signal: AbortSignal, attempt: number): Promise<OpenExchange> {
    const url = new URL(request.url);
    const headers = { 'user-agent': userAgent, ...request.headers };
    const started = performance.now();
    const seen = (result: { status: number } | { failure: string }) =>
      observe({ method: request.method ?? 'GET', url: `${url.origin}${url.pathname}`, milliseconds: performance.now() - started, attempt, ...result });
    try {
      const exchange = await openExchange({ ...request, headers }, url, signal);
      seen({ status: exchange.message.statusCode ?? 0 });
      return exchange;
    } catch (error) {
      const failure = failureOf(error, url, false);
      seen({ failure: failure.message });
      throw failure;
    }
  }

  async function once(request: HttpRequest, signal: AbortSignal, attempt: number): Promise<HttpResponse> {
    const limit = request.redirects ?? 0;
    const redirects: string[] = [];
    let current = request;
    for (;;) {
      const exchange = await open({ ...current, headers: { 'accept-encoding': 'gzip, deflate, br', ...current.headers } }, signal, attempt);
      const next = limit > 0 ? redirected(current, exchange.url, head(exchange)) : undefined;
      if (next !== undefined) {
        exchange.message.destroy();
        if (redirects.length === limit) throw new HttpFailure('too-many-redirects', `${new URL(request.url).host} redirected more than ${limit} times`, true);
        redirects.push(String(next.url));
        current = next;
        continue;
      }
      const body = await readBody(exchange, request.maxBytes ?? MAX_BYTES, signal);
      return response(exchange, body, redirects);
    }
  }

  return {
    async request(request) {
      const signal = limits(request);
      for (let attempt = 1; ; attempt += 1) {
        try {
          const answer = await once(request, signal, attempt);
          if (attempt > (request.retries ?? 0) || !retryable(request, answer)) return answer;
          await wait(pauseBefore(attempt, answer.headers['retry-after']), undefined, { signal });
        } catch (error) {
          if (signal.aborted) throw abortFailure(signal, new URL(request.url), true);
          if (attempt > (request.retries ?? 0) || !retryable(request, error)) throw error;
          await wait(pauseBefore(attempt), undefined, { signal });
        }
      }
    },
    async stream(request): Promise<HttpStream> {
      const start = new AbortController();
      const timer = setTimeout(() => start.abort(new DOMException('no answer', 'TimeoutError')), request.timeout ?? TIMEOUT);
      const signal = AbortSignal.any([start.signal, request.signal, outer].filter((each) => each !== undefined));
      try {
        const exchange = await open(request, signal, 1);
        return { ...head(exchange), body: chunks(exchange, signal), close: () => exchange.message.destroy() };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function* chunks({ message, url }: OpenExchange, signal: AbortSignal): AsyncIterable<Buffer> {
  try {
    for await (const chunk of message) yield chunk as Buffer;
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
  return Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
}

function response(exchange: OpenExchange, body: Buffer, redirects: readonly string[]): HttpResponse {
  const text = body.toString('utf8');
  return {
    ...head(exchange),
    body,
    text,
    json() {
      try {
        return JSON.parse(text);
      } catch {
        // V8's message quotes the text that it was given.
        throw new HttpFailure('not-json', `${exchange.url.host} answered ${exchange.message.statusCode} with a body that is not JSON`, true);
      }
    },
    timings: exchange.timings(performance.now()),
    redirects,
    ...(exchange.certificateEnds === undefined ? {} : { certificateEnds: exchange.certificateEnds }),
  };
}
