import { HttpFailure, type HttpFailureKind, type HttpResponse } from '@delivery-actions/http';

/** A load balancer or a router answers so while it knows no instance of the service; 404 while it has no route to it. */
const NOT_YET_STATUS = new Set([404, 502, 503, 504]);
const NOT_YET_FAILURE = new Set<HttpFailureKind>(['refused', 'unknown-host', 'unreachable', 'reset']);

/** Repeating these changes nothing (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);

export function repeatable(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/**
 * Why the service seems not to be there yet, if so. `expected` tells which statuses are an answer in any case; and what
 * cannot be repeated is never called early once its bytes may have been read.
 */
export function notYet(
  outcome: HttpResponse | HttpFailure,
  method: string,
  expected: (status: number) => boolean,
): string | undefined {
  if (outcome instanceof HttpFailure) {
    const early = NOT_YET_FAILURE.has(outcome.kind) || (outcome.kind === 'timeout' && !outcome.sent);
    return early && (repeatable(method) || !outcome.sent) ? outcome.message : undefined;
  }
  if (!repeatable(method) || !NOT_YET_STATUS.has(outcome.status) || expected(outcome.status)) return undefined;
  return `${new URL(outcome.url).host} answered ${outcome.status}`;
}
