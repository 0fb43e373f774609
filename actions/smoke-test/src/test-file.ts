import { type Finding, parseDuration, UserError } from '@delivery-actions/action-kit';
import { type LocatedYaml, locatedYaml, type Path } from '@delivery-actions/located-yaml';
import { safeParse } from 'valibot';
import { type Complaints, complaintsOn, explain, fault } from './complaints.ts';
import { type JsonQuery, jsonQuery } from './json-path.ts';
import type { Check } from './matchers.ts';
import { checkReferences } from './references.ts';
import { type SuiteText, suiteSchema, type TestText } from './schema.ts';
import type { SmokeTest, StatusPattern, Suite } from './suite.ts';

type Env = Readonly<Record<string, string | undefined>>;

const REQUEST_TIMEOUT = 10_000;

/**
 * Reads tests from YAML. Throws one UserError with everything that is wrong, each complaint at its line and column.
 * `file` is the path that annotations name; without it the tests are inline.
 */
export async function parseSuite(text: string, file: string | undefined, env: Env): Promise<Suite> {
  const source = locatedYaml(text);
  const hint = 'a text with braces, such as "${NAME}" or "{id}", needs quotes inside of { } and [ ]';
  const braces = /flow|brace|bracket/i;
  refuse(
    source.errors.map((error) =>
      fault(file, error.position, `this is not YAML: ${error.text}`, braces.test(error.text) ? hint : undefined),
    ),
  );
  const complaints = complaintsOn(source, file);
  const value = source.value ?? { tests: [] };
  const { success, output, issues = [] } = safeParse(suiteSchema, value);
  for (const issue of issues) explain(issue, complaints);
  const variables = checkReferences(value, env, complaints);
  if (!success) throw UserError.all(complaints.findings);
  const tests = await Promise.all(
    output.tests.map((test, index) => smokeTest(test, ['tests', index], source, file, complaints)),
  );
  refuse(complaints.findings);
  return { tests, env: variables };
}

function refuse(findings: readonly Finding[]): void {
  if (findings.length > 0) throw UserError.all(findings);
}

async function smokeTest(
  test: TestText,
  path: Path,
  source: LocatedYaml,
  file: string | undefined,
  complaints: Complaints,
): Promise<SmokeTest> {
  const { expect = {}, capture = {}, headers = {}, method = 'GET', name } = test;
  const query = (text: string, ...place: Path) => queryAt(text, [...path, ...place], complaints);
  const json: SmokeTest['json'][number][] = [];
  for (const [text, check] of Object.entries(expect.json ?? {}))
    json.push({ query: await query(text, 'expect', 'json', text), check: check as Check });
  const captures: SmokeTest['captures'][number][] = [];
  for (const [key, value] of Object.entries(capture)) {
    const { json: text, secret = false } = typeof value === 'string' ? { json: value } : value;
    const place = typeof value === 'string' ? ['capture', key] : ['capture', key, 'json'];
    captures.push({ name: key, query: await query(text, ...place), secret });
  }
  return {
    ...(name === undefined ? {} : { name }),
    method,
    path: test.path,
    headers,
    ...('body' in test ? { body: test.body } : {}),
    timeout: test.timeout === undefined ? REQUEST_TIMEOUT : parseDuration(test.timeout),
    followRedirects: test['follow-redirects'] ?? false,
    status: statusPatterns(expect.status),
    json,
    contains: expect.contains === undefined ? [] : [expect.contains].flat(),
    captures,
    place: { ...(file === undefined ? {} : { file }), ...source.position(path) },
  };
}

function statusPatterns(status: NonNullable<SuiteText['tests'][number]['expect']>['status'] = '2xx'): StatusPattern[] {
  return [status].flat().map((one) => (String(one).endsWith('xx') ? Number(String(one)[0]) : Number(one)));
}

/** After a complaint the query is never used: the caller throws before anything is sent. */
async function queryAt(text: string, path: Path, complaints: Complaints): Promise<JsonQuery> {
  try {
    return await jsonQuery(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const of = path.at(-2) === 'json' ? 'key' : 'value';
    for (const { message, hint } of error.findings) complaints.at(path, message, hint, of);
    return { text, select: () => ({ singular: true, values: [] }) };
  }
}
