import type { JsonQuery } from './json-path.ts';
import type { Check } from './matchers.ts';

/** `expect.status` as a list: 201, or 2 for the whole class `2xx`. */
export type StatusPattern = number;

export interface JsonCheck {
  readonly query: JsonQuery;
  readonly check: Check;
}

export interface Capture {
  readonly name: string;
  readonly query: JsonQuery;
  readonly secret: boolean;
}

/** One request and what must be true of its answer. Strings may hold `{capture}` and `${VARIABLE}`. */
export interface SmokeTest {
  readonly name?: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A string is sent as it is; anything else as JSON. */
  readonly body?: unknown;
  /** Milliseconds for this one request. */
  readonly timeout: number;
  readonly followRedirects: boolean;
  readonly status: readonly StatusPattern[];
  readonly json: readonly JsonCheck[];
  readonly contains: readonly string[];
  readonly captures: readonly Capture[];
  /** Where the test is written; no file when the tests are inline. */
  readonly place: { readonly file?: string; readonly line: number; readonly column: number };
}

export interface Suite {
  readonly tests: readonly SmokeTest[];
  /** Environment variables that the tests name, with their values. */
  readonly env: ReadonlyMap<string, string>;
}
