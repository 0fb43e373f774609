import { HttpFailure, type HttpFailureKind } from './failure.ts';
import type { HttpRequest, HttpResponse } from './types.ts';

/** Repeating these changes nothing (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
const PASSING_STATUS = new Set([429, 502, 503, 504]);
const PASSING_FAILURE = new Set<HttpFailureKind>(['refused', 'unknown-host', 'unreachable', 'reset']);
const LONGEST_PAUSE = 30_000;

/** Whether another try may help, and cannot do a thing twice. */
export function retryable({ method = 'GET' }: HttpRequest, outcome: HttpResponse | unknown): boolean {
  if (outcome instanceof HttpFailure) return PASSING_FAILURE.has(outcome.kind) && (!outcome.sent || IDEMPOTENT.has(method));
  return PASSING_STATUS.has((outcome as HttpResponse).status) && IDEMPOTENT.has(method);
}

/** Milliseconds before the next try: what the server asked for (RFC 9110, section 10.2.3), else growing with jitter. */
export function pauseBefore(attempt: number, retryAfter?: string): number {
  if (retryAfter !== undefined) {
    const asked = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
    if (Number.isFinite(asked)) return Math.min(LONGEST_PAUSE, Math.max(0, asked));
  }
  return Math.random() * Math.min(LONGEST_PAUSE, 250 * 2 ** attempt);
}
