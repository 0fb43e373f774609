import { HttpFailure } from './failure.ts';
import type { HttpRequest } from './types.ts';

const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key'];

/**
 * The request that a redirect asks for, or nothing when the answer is no redirect. Fetch standard, "HTTP-redirect fetch":
 * 303, and 301 or 302 after a POST, become a GET; 307 and 308 keep method and body. Credentials stay at their origin.
 */
export function redirected(
  request: HttpRequest,
  from: URL,
  answer: { status: number; headers: Readonly<Record<string, string>> },
): HttpRequest | undefined {
  const location = answer.headers.location;
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href))
    throw new HttpFailure('bad-redirect', `${from.host} redirected to something that is no URL`, true);
  const to = new URL(location, from);
  if (!/^https?:$/.test(to.protocol) || (from.protocol === 'https:' && to.protocol !== 'https:')) {
    const [left, right] = [from.protocol.slice(0, -1), `${to.protocol}//${to.host}`];
    throw new HttpFailure(
      'bad-redirect',
      `${from.host} redirected from ${left} to ${right}, which is not followed`,
      true,
    );
  }
  const method = (request.method ?? 'GET').toUpperCase();
  const toGet = answer.status === 303 ? method !== 'HEAD' : answer.status < 303 && method === 'POST';
  const { body, headers = {}, credentialHeaders = [], ...rest } = request;
  const credentials = new Set([...CREDENTIAL_HEADERS, ...credentialHeaders.map((name) => name.toLowerCase())]);
  const kept = Object.entries(headers).filter(([name]) => {
    const lower = name.toLowerCase();
    if (to.origin !== from.origin && (credentials.has(lower) || lower === 'host')) return false;
    return !(toGet && lower.startsWith('content-'));
  });
  return {
    ...rest,
    url: to,
    method: toGet ? 'GET' : method,
    headers: Object.fromEntries(kept),
    // The next hop may leave this origin too.
    credentialHeaders,
    ...(toGet || body === undefined ? {} : { body }),
  };
}
