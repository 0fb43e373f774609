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

/** Node's error codes in the words of the person who reads the log. */
export function failureOf(error: unknown, url: URL, sent: boolean): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const host = url.host;
  const { code = '', message = String(error) } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  // Happy eyeballs answers an AggregateError whose own message is empty.
  const detail = message || (error instanceof AggregateError ? error.errors.map((inner) => (inner as Error).message).join('; ') : code);
  const failure = (kind: HttpFailureKind, text: string) => new HttpFailure(kind, text, sent, { cause: error });
  if (REFUSED.has(code)) return failure('refused', `${host} refused the connection: nothing listens there (yet)`);
  if (UNKNOWN_HOST.has(code)) return failure('unknown-host', `${url.hostname} has no address in DNS`);
  if (UNREACHABLE.has(code)) return failure('unreachable', `${host} cannot be reached from this runner (${code})`);
  if (/CERT|SSL|TLS|SIGNATURE|ISSUER/.test(code)) return failure('tls', `${host} has no trusted TLS certificate for this client: ${detail}`);
  return failure('reset', `the connection to ${host} was lost (${code || detail})`);
}
