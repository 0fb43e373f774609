import type { HttpRequest } from '@delivery-actions/http';
import { curlLine } from './curl.ts';
import type { Secrets } from './secrets.ts';
import type { SmokeTest } from './suite.ts';
import { placeholders, render, renderTree, type Values } from './template.ts';

const MOST_REDIRECTS = 5;
/** A longer body would make the command unreadable. */
const MOST_OF_A_BODY = 1_000;

/** The test's request with everything filled in. */
export function requestFor(test: SmokeTest, values: Values, baseUrl: string): HttpRequest {
  const headers = Object.fromEntries(
    Object.entries(test.headers).map(([name, value]) => [name, render(value, values)]),
  );
  const body = bodyText(renderTree(test.body, values));
  return {
    url: baseUrl + render(test.path, values, encodeURIComponent),
    method: test.method,
    headers: { ...contentType(test), ...headers },
    // What is filled in may be a secret, whatever the header is called.
    credentialHeaders: Object.entries(test.headers)
      .filter(([, value]) => placeholders(value).length > 0)
      .map(([name]) => name),
    ...(body === undefined ? {} : { body }),
    timeout: test.timeout,
    redirects: test.followRedirects ? MOST_REDIRECTS : 0,
  };
}

function bodyText(body: unknown): string | undefined {
  return typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
}

function contentType({ body, headers }: SmokeTest): Record<string, string> {
  const given = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return given || typeof body === 'string' || body === undefined ? {} : { 'content-type': 'application/json' };
}

/** The command that sends the same request. Secrets and whatever is unknown stay shell variables. */
export function reproduce(
  test: SmokeTest,
  { captures }: Values,
  secretNames: ReadonlySet<string>,
  { baseUrl, secrets }: { readonly baseUrl: string; readonly secrets: Pick<Secrets, 'hide'> },
): string {
  const written = bodyText(test.body);
  const body = (written?.length ?? 0) > MOST_OF_A_BODY ? '(the body of the test)' : written;
  const line = curlLine(
    {
      method: test.method,
      url: baseUrl + test.path,
      headers: { ...contentType(test), ...test.headers },
      ...(body === undefined ? {} : { body }),
    },
    (placeholder) => {
      if ('variable' in placeholder || secretNames.has(placeholder.capture)) return undefined;
      const value = captures.get(placeholder.capture);
      return value === undefined ? undefined : String(value);
    },
  );
  return secrets.hide(line);
}
