export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly serverName?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface HttpRequest {
  readonly url: string | URL;
  /** GET unless given. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Milliseconds for everything: body, redirects, further tries and the pauses between them. Default 30 s. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Bytes of body after decompression; a longer one is a failure `too-large`. Default 10 MiB. */
  readonly maxBytes?: number;
  /** How many redirects to follow. Default 0: the redirect itself is the answer. */
  readonly redirects?: number;
  /** Headers that stay at their origin when a redirect leaves it, beside authorization, cookie and x-api-key. */
  readonly credentialHeaders?: readonly string[];
  /**
   * Further tries on lost connections and 429, 502, 503, 504. Only GET, HEAD, PUT, DELETE and OPTIONS are sent again;
   * any other method only while nothing was sent. Default 0.
   */
  readonly retries?: number;
  readonly tls?: TlsOptions;
}

/** Milliseconds of each phase, of the last exchange when redirects were followed. A phase that did not happen is 0. */
export interface HttpTimings {
  readonly dns: number;
  /** Until the connection stands; through a proxy until its tunnel does. */
  readonly tcp: number;
  readonly tls: number;
  /** From the last byte sent to the first byte received. */
  readonly wait: number;
  readonly download: number;
  /** Of the whole request: with the redirects before the last exchange, without earlier tries. */
  readonly total: number;
}

interface HttpHead {
  readonly status: number;
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from, after redirects. */
  readonly url: string;
}

export interface HttpResponse extends HttpHead {
  readonly body: Buffer;
  readonly text: string;
  /** Throws HttpFailure `not-json` without quoting the body. */
  json(): unknown;
  readonly timings: HttpTimings;
  /** Redirects that were followed. */
  readonly redirects: readonly string[];
  /** When the server's certificate ends; https only. */
  readonly certificateEnds?: Date;
}

export interface HttpStream extends HttpHead {
  /** Chunks as they come; ends with the server's end, throws HttpFailure when the connection is lost. */
  readonly body: AsyncIterable<Buffer>;
  /** Closes the connection now. */
  close(): void;
}

/** One exchange as a debug log may show it: no header, no body, no query values. */
export interface HttpExchange {
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly failure?: string;
  readonly milliseconds: number;
  /** 1 for the first try. */
  readonly attempt: number;
}

export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>;
  /** For an answer without an end, such as a watch. `timeout` bounds the time to the answer's head only. */
  stream(request: HttpRequest): Promise<HttpStream>;
}
