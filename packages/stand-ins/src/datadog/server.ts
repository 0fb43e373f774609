import { gunzipSync, inflateSync } from 'node:zlib';
import { type Exchange, listen, type StandIn, sendJson } from '../loopback.ts';
import { type ReceivedSeries, readSeries } from './series.ts';

export type { ReceivedSeries } from './series.ts';

export interface DatadogOptions {
  /** The key that is accepted; any other is refused with 403. */
  readonly apiKey?: string;
  /** Milliseconds since 1970, for the age of points. */
  readonly now?: () => number;
}

export interface DatadogStandIn extends StandIn {
  /** What was ingested, in the order of arrival. */
  readonly series: readonly ReceivedSeries[];
  /** What was accepted with 202 and then not ingested: points more than an hour old or ten minutes ahead. */
  readonly dropped: readonly ReceivedSeries[];
  /** Requests that were made, answered well or not. */
  readonly requests: number;
  /** True: everything is answered 503. */
  down: boolean;
  /** Answers to come instead of the usual one, first one first. */
  readonly answers: { readonly status: number; readonly headers?: Readonly<Record<string, string>> }[];
}

interface Reply {
  readonly status: number;
  readonly errors: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Limits of API v2 (docs.datadoghq.com, Submit metrics): bytes as sent, and decompressed. */
const MOST_BYTES = 512_000;
const MOST_BYTES_DECOMPRESSED = 5_242_880;
const OLDEST = 3_600_000;
const FURTHEST_AHEAD = 600_000;

/** Datadog's metrics intake, `POST /api/v2/series`. */
export async function startDatadog({ apiKey, now = Date.now }: DatadogOptions = {}): Promise<DatadogStandIn> {
  const series: ReceivedSeries[] = [];
  const dropped: ReceivedSeries[] = [];
  let requests = 0;

  function answer(exchange: Exchange): Reply {
    requests += 1;
    const { headers, method, url } = exchange;
    const instead = datadog.answers.shift() ?? (datadog.down ? { status: 503 } : undefined);
    if (instead !== undefined) return { ...refusal(instead.status), ...instead };
    if (url.pathname !== '/api/v2/series') return refusal(404);
    if (method !== 'POST') return refusal(405);
    const key = headers['dd-api-key'];
    if (typeof key !== 'string' || key === '' || (apiKey !== undefined && key !== apiKey)) return refusal(403);
    if (exchange.body.length > MOST_BYTES) return refusal(413);
    const body = decompressed(exchange);
    if (body === undefined) return refusal(400);
    if (body.length > MOST_BYTES_DECOMPRESSED) return refusal(413);
    const given = parsed(body);
    if (given === undefined) return refusal(400);
    const read = readSeries(given);
    if (read.errors.length > 0) return { status: 400, errors: read.errors };
    for (const each of read.series) keep(each);
    return { status: 202, errors: [] };
  }

  function keep(received: ReceivedSeries): void {
    const fits = ({ timestamp }: { timestamp: number }) => {
      const age = now() - timestamp * 1_000;
      return age <= OLDEST && age >= -FURTHEST_AHEAD;
    };
    const points = received.points.filter(fits);
    if (points.length > 0) series.push({ ...received, points });
    if (points.length < received.points.length) dropped.push(received);
  }

  const standIn = await listen((exchange) => {
    const { status, errors, headers } = answer(exchange);
    sendJson(exchange.response, status, { errors }, { ...headers });
  });
  const datadog: DatadogStandIn = {
    ...standIn,
    series,
    dropped,
    get requests() {
      return requests;
    },
    down: false,
    answers: [],
  };
  return datadog;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request timeout',
  413: 'Payload too large',
  429: 'Too many requests',
  503: 'Service Unavailable',
};

function refusal(status: number): Reply {
  return { status, errors: [REASONS[status] ?? 'Error'] };
}

function decompressed({ headers, body }: Exchange): Buffer | undefined {
  try {
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding === 'identity') return body;
    if (encoding === 'gzip') return gunzipSync(body);
    if (encoding === 'deflate') return inflateSync(body);
  } catch {
    // Answered like an encoding that is not known.
  }
  return undefined;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
