import { HttpFailure, type HttpFailureKind } from './failure.ts';
import type { HttpRequest, HttpResponse } from './types.ts';

/** Repeating these changes nothing (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
const PASSING_STATUS = new Set([429, 502, 503, 504]);
const PASSING_FAILURE = new Set<HttpFailureKind>(['refused', 'unknown-host', 'unreachable', 'reset']);
const LONGEST_PAUSE = 30_000;

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method.toUpperCase());
}

/** Whether another try may help, and cannot do a thing twice. */
export function retryable({ method = 'GET' }: HttpRequest, outcome: HttpResponse | HttpFailure): boolean {
  const idempotent = isIdempotent(method);
  if (outcome instanceof HttpFailure) return PASSING_FAILURE.has(outcome.kind) && (!outcome.sent || idempotent);
  return PASSING_STATUS.has(outcome.status) && idempotent;
}

/** Milliseconds before the next try: what the server asked for, within reason, else growing with jitter. */
export function pauseBefore(attempt: number, outcome: HttpResponse | HttpFailure): number {
  const asked = outcome instanceof HttpFailure ? undefined : retryAfter(outcome.headers, Date.now());
  return Math.min(LONGEST_PAUSE, asked ?? Math.random() * 250 * 2 ** attempt);
}

/** Milliseconds that a `Retry-After` header asks for, in seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const header = headers['retry-after']?.trim() ?? '';
  const asked = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(asked) ? Math.max(0, asked) : undefined;
}
