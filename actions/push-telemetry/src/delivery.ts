import { type HttpClient, HttpFailure, type HttpResponse, retryAfter } from '@delivery-actions/http';
import { backoff, type Clock, type Deadline, sleep } from '@delivery-actions/waiting';

/** What it takes to send something to a backend. */
export interface Line {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly limit: Deadline;
  /** Aborted when the job is cancelled. */
  readonly cancelled: AbortSignal;
}

export interface Message {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How often it is sent at most; the deadline may end it sooner. */
  readonly tries: number;
  /** Milliseconds before the second try; the bound doubles from try to try. */
  readonly firstPause: number;
}

/** The backend did not take it. The message is for the reader. */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered';
  /** The answer's status, when there was one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

const PASSING = new Set([408, 429, 500, 502, 503, 504]);
const FINAL_FAILURES = new Set(['tls', 'bad-request', 'too-large', 'bad-redirect', 'aborted', 'proxy']);

/**
 * Posts JSON until it is accepted with a 2xx, or until time, tries or hope are gone: then throws NotDelivered. Sending
 * twice what was accepted once must be harmless, as it is where the backend keeps one of equal points or alerts.
 */
export async function deliver({ url, headers, body, tries, firstPause }: Message, line: Line): Promise<void> {
  const { http, clock, limit, cancelled } = line;
  const pauses = backoff({ first: firstPause, most: 15_000 });
  for (let attempt = 1; ; attempt += 1) {
    if (limit.passed) throw new NotDelivered(`no time was left to ask ${url.host}`);
    let pause = pauses.next().value;
    let problem: NotDelivered;
    try {
      const response = await http.request({
        url,
        method: 'POST',
        body,
        signal: limit.signal,
        timeout: Math.max(1, limit.remaining()),
        headers: { 'content-type': 'application/json', ...headers },
      });
      if (response.status >= 200 && response.status < 300) return;
      problem = new NotDelivered(`${url.host} answered ${response.status}${reasons(response)}`, response.status);
      if (!PASSING.has(response.status)) throw problem;
      pause = retryAfter(response.headers, clock.now()) ?? pause;
    } catch (error) {
      if (cancelled.aborted || !(error instanceof HttpFailure)) throw error;
      problem = new NotDelivered(error.message);
      if (FINAL_FAILURES.has(error.kind)) throw problem;
    }
    if (attempt === tries || pause >= limit.remaining()) throw problem;
    await sleep(clock, pause, cancelled);
  }
}

/** Both backends tell in `errors` what was wrong with a request; none of it is a secret, and it may be long. */
function reasons({ text }: HttpResponse): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown };
    if (!Array.isArray(errors) || errors.length === 0) return '';
    return `: ${errors.map(String).join('; ').slice(0, 300)}`;
  } catch {
    return '';
  }
}
