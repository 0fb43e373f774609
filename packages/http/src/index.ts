export { type HttpClientOptions, httpClient } from './client.ts';
export { exchangeText } from './exchange-text.ts';
export { HttpFailure, type HttpFailureKind } from './failure.ts';
export { isLoopback } from './loopback.ts';
export { retryAfter } from './retry.ts';
export type {
  HttpClient,
  HttpExchange,
  HttpRequest,
  HttpResponse,
  HttpStream,
  HttpTimings,
  TlsOptions,
} from './types.ts';
