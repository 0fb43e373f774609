export type HttpFailureKind =
  | 'refused'
  | 'unknown-host'
  | 'unreachable'
  | 'reset'
  | 'tls'
  | 'timeout'
  | 'aborted'
  | 'too-large'
  | 'too-many-redirects'
  | 'bad-redirect'
  | 'bad-encoding'
  | 'bad-request'
  | 'not-http'
  | 'not-json'
  | 'proxy';

/** No usable answer. The message names the address and the likely cause, and never a header or a body. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: HttpFailureKind;
  /** Whether the request's bytes may have reached the server. */
  readonly sent: boolean;

  constructor(kind: HttpFailureKind, message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.sent = sent;
  }
}

const REFUSED = new Set(['ECONNREFUSED']);
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);
const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EADDRNOTAVAIL']);
/** What Node calls a request that it does not send. */
const BAD_REQUEST = new Set([
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_HTTP_INVALID_HEADER_VALUE',
  'ERR_UNESCAPED_CHARACTERS',
]);
/** OpenSSL's words for an answer that is no TLS at all, usually plain HTTP. */
const NO_TLS = /wrong.version.number|packet.length.too.long|unknown.protocol|http.request/i;

/** Node's error codes in the words of the person who reads the log. */
export function failureOf(error: unknown, url: URL, sent: boolean): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const { host } = url;
  const { code = '', message = String(error) } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  // Happy eyeballs answers an AggregateError whose own message is empty.
  const inner = error instanceof AggregateError ? error.errors.map((each) => (each as Error).message).join('; ') : '';
  const detail = message || inner || code;
  const failure = (kind: HttpFailureKind, text: string) => new HttpFailure(kind, text, sent, { cause: error });
  if (REFUSED.has(code)) return failure('refused', `${host} refused the connection: nothing listens there (yet)`);
  if (UNKNOWN_HOST.has(code)) return failure('unknown-host', `${url.hostname} has no address in DNS`);
  if (UNREACHABLE.has(code)) return failure('unreachable', `${host} cannot be reached from this runner (${code})`);
  // Node's message quotes the name of a header, never its value.
  if (BAD_REQUEST.has(code)) return failure('bad-request', `the request to ${host} cannot be sent: ${detail}`);
  if (code === 'HPE_HEADER_OVERFLOW') return failure('too-large', `${host} answered with more than 16 KiB of headers`);
  if (code.startsWith('HPE_')) return failure('not-http', `${host} answered something that is not HTTP (${code})`);
  if (code === 'EPROTO' && NO_TLS.test(detail))
    return failure('tls', `${host} does not speak TLS on that port: is it http:// there?`);
  if (code === 'EPROTO' || /CERT|SSL|TLS|SIGNATURE|ISSUER/.test(code))
    return failure('tls', `${host} has no trusted TLS certificate for this client: ${firstClause(detail)}`);
  return failure('reset', `the connection to ${host} was lost (${code || detail})`);
}

/** Node adds advice on its own flags to OpenSSL's words, and OpenSSL the place in its sources. */
function firstClause(text: string): string {
  return text.split(/[;\n]/, 1)[0]?.trim() ?? '';
}

/** Why the signal ended the exchange: time was up, or somebody called it off. */
export function abortFailure(signal: AbortSignal, url: URL, sent: boolean): HttpFailure {
  const timeout = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  return timeout
    ? new HttpFailure('timeout', `${url.host} did not answer in time`, sent, { cause: signal.reason })
    : new HttpFailure('aborted', `the request to ${url.host} was called off`, sent, { cause: signal.reason });
}
