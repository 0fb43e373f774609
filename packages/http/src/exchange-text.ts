import type { HttpExchange } from './types.ts';

/** `GET https://api.example/v1/jobs 200 12ms try 1`, for `run.debug`: nothing of headers, query or bodies. */
export function exchangeText({ method, url, status, failure, milliseconds, attempt }: HttpExchange): string {
  return `${method} ${url} ${status ?? failure} ${Math.round(milliseconds)}ms try ${attempt}`;
}
