import type { HttpResponse } from '@delivery-actions/http';
import { MOST_LEVELS } from './json-path.ts';
import { type Check, mismatches, show } from './matchers.ts';
import type { Secrets } from './secrets.ts';
import type { SmokeTest, StatusPattern } from './suite.ts';
import { type Captured, render, renderTree, type Values } from './template.ts';

/** Characters of an answer that a message shows: enough to recognise an error page, too few to fill the log. */
const SHOWN = 200;

/** What an answer's body holds, read once for all checks and captures. */
export type Body = { readonly json: unknown } | { readonly notJson: string };

export function bodyOf(answer: HttpResponse): Body {
  if (answer.text.trim() === '') return { notJson: 'the body is empty' };
  try {
    const json: unknown = JSON.parse(answer.text);
    return deeperThan(json, MOST_LEVELS)
      ? { notJson: `the body is nested deeper than ${MOST_LEVELS} levels` }
      : { json };
  } catch {
    const type = answer.headers['content-type'];
    return { notJson: `the body is not JSON${type === undefined ? '' : ` but ${type}`}` };
  }
}

/** Level by level: what is nested to make a stack overflow must not do so here. */
function deeperThan(json: unknown, levels: number): boolean {
  let level = [json];
  for (let depth = 0; depth <= levels; depth += 1) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** Everything that is not as expected, one text each, fit to be shown. An empty list means that all is well. */
export function problemsOf(
  test: SmokeTest,
  answer: HttpResponse,
  body: Body,
  values: Values,
  { veil }: Pick<Secrets, 'veil'>,
): string[] {
  if (isOtherAnswer(test, answer)) return [statusProblem(test, answer, veil)];
  const problems: string[] = [];
  if (!expectsStatus(test, answer.status)) problems.push(statusProblem(test, answer, veil));
  if (test.json.length > 0 && 'notJson' in body) problems.push(`expected JSON: ${veil(body.notJson, SHOWN)}`);
  if ('json' in body) {
    for (const { query, check } of test.json) {
      const found = query.select(body.json);
      for (const { expected, got } of mismatches(renderTree(check, values) as Check, found))
        problems.push(`${veil(query.text, SHOWN)}: expected ${veil(expected, SHOWN)}, got ${veil(got, SHOWN)}`);
    }
  }
  for (const text of test.contains) {
    const expected = render(text, values);
    if (!answer.text.includes(expected)) problems.push(`the body does not contain ${veil(show(expected), SHOWN)}`);
  }
  return problems;
}

/** An error or a redirect that nobody expected: what its body holds or lacks follows from that and is no news. */
export function isOtherAnswer(test: SmokeTest, { status }: HttpResponse): boolean {
  return !expectsStatus(test, status) && Math.floor(status / 100) !== 2;
}

/** How the body begins. JSON is written anew: a secret then stands in it as we know it, not in the server's escapes. */
export function excerptOf(answer: HttpResponse, body: Body, { veil }: Pick<Secrets, 'veil'>): string {
  return veil('json' in body ? show(body.json) : answer.text, SHOWN);
}

function statusProblem({ status }: SmokeTest, answer: HttpResponse, veil: Secrets['veil']): string {
  const expected = `expected status ${status.map(statusText).join(' or ')}`;
  const { location } = answer.headers;
  if (answer.status >= 300 && answer.status < 400 && location !== undefined)
    return `redirected to ${withoutQuery(veil(location, SHOWN))} (${answer.status}), ${expected}`;
  return `${expected}, got ${answer.status}`;
}

/** A redirect's query often holds a one-time code. Cut after veiling, since a secret may hold a question mark. */
function withoutQuery(location: string): string {
  return location.replace(/[?#].*$/s, '');
}

export function expectsStatus(test: SmokeTest, status: number): boolean {
  return test.status.some((pattern) => (pattern < 10 ? Math.floor(status / 100) === pattern : status === pattern));
}

function statusText(pattern: StatusPattern): string {
  return pattern < 10 ? `${pattern}xx` : String(pattern);
}

export type CaptureResult =
  | { readonly name: string; readonly value: Captured; readonly secret: boolean }
  | { readonly name: string; readonly problem: string };

/** What the test captures: one text, number or boolean each, or why there is none. */
export function capturesOf(test: SmokeTest, body: Body): CaptureResult[] {
  return test.captures.map(({ name, query, secret }) => {
    const problem = (text: string): CaptureResult => ({ name, problem: `{${name}} was not captured: ${text}` });
    if ('notJson' in body) return problem(body.notJson);
    const { values } = query.select(body.json);
    const [value] = values;
    if (values.length === 0) return problem(`${query.text} finds nothing`);
    if (values.length > 1) return problem(`${query.text} finds ${values.length} values, and one is needed`);
    // An empty id would turn /orders/{id} into /orders/, and two dots into /: other endpoints, which may well answer.
    if (value === '' || value === '.' || value === '..') return problem(`${query.text} is ${show(value)}`);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return problem(`${query.text} is ${Array.isArray(value) ? 'an array' : value === null ? 'null' : 'an object'}`);
    return { name, value, secret };
  });
}
