import * as v from 'valibot';
import { type Check, JSON_TYPES } from './matchers.ts';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Every `message` completes "expected ...". */
const text = () => v.pipe(v.string('a text'), v.nonEmpty('a text that is not empty'));

/** Unlike a strict object this complains about every unknown key, and not about the first alone. */
function mapping<const Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  return v.objectWithRest(entries, v.never(), message) as unknown as v.StrictObjectSchema<Entries, string>;
}

const name = v.pipe(
  text(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of letters, digits and underscores, not beginning with a digit'),
);

const statusCode = v.pipe(
  v.number(),
  v.integer('a whole number'),
  v.minValue(100, 'a status from 100 to 599'),
  v.maxValue(599, 'a status from 100 to 599'),
);
const statusText = v.pipe(v.string(), v.regex(/^[1-5](?:xx|[0-9]{2})$/, 'a status such as 201, or 2xx for a class'));
const oneStatus = v.union([statusCode, statusText], 'a status such as 201, 2xx, or a list of them');
export const status = v.pipe(
  v.union(
    [oneStatus, v.pipe(v.array(oneStatus, 'a list of statuses'), v.minLength(1, 'at least one status'))],
    'a status such as 201, 2xx, or a list of them',
  ),
  v.description('Expected status: a number, a class such as 2xx, or a list of either. 2xx when left out.'),
);

const bound = v.union([v.number(), v.string()], 'a number or a text');
const matcherEntries = {
  equals: v.optional(v.pipe(v.unknown(), v.description('The value itself, of any JSON type.'))),
  not: v.optional(v.lazy((): v.GenericSchema<Check> => check)),
  exists: v.optional(v.pipe(v.boolean('true or false'), v.description('Whether the query finds anything.'))),
  count: v.optional(
    v.pipe(
      v.number('a whole number'),
      v.integer('a whole number'),
      v.minValue(0, 'at least 0'),
      v.description('Items of the array or object, or values that the query finds.'),
    ),
  ),
  contains: v.optional(v.pipe(v.unknown(), v.description('A part of a text, or an item of an array.'))),
  type: v.optional(v.picklist(JSON_TYPES, `one of ${JSON_TYPES.join(', ')}`)),
  empty: v.optional(v.pipe(v.boolean('true or false'), v.description('Whether a text, array or object is empty.'))),
  'less-than': v.optional(bound),
  'at-most': v.optional(bound),
  'greater-than': v.optional(bound),
  'at-least': v.optional(bound),
};
const matchers = v.pipe(
  mapping(matcherEntries, 'matchers'),
  v.minEntries(1, 'at least one matcher; for an empty object write {equals: {}}'),
);
export const check: v.GenericSchema<Check> = v.union(
  [v.string(), v.number(), v.boolean(), v.null(), v.array(v.unknown()), matchers],
  'a value, or matchers such as {count: 2}',
) as v.GenericSchema<Check>;

const expectEntries = {
  status: v.optional(status),
  json: v.optional(
    v.pipe(
      v.record(
        v.pipe(text(), v.regex(/^\$/, 'a JSONPath, which begins with $')),
        check,
        'a mapping of JSONPath to what is expected there',
      ),
      v.minEntries(1, 'at least one JSONPath'),
      v.description('Expected values by JSONPath (RFC 9535).'),
    ),
  ),
  contains: v.optional(
    v.pipe(
      v.union(
        [text(), v.pipe(v.array(text(), 'a list of texts'), v.minLength(1, 'at least one text'))],
        'a text, or a list of texts',
      ),
      v.description('Text that the body contains, or a list of texts.'),
    ),
  ),
};

const captureEntries = {
  json: v.pipe(text(), v.description('JSONPath of the value.')),
  secret: v.optional(v.pipe(v.boolean('true or false'), v.description('Mask the value in the log of the whole job.'))),
};

const testEntries = {
  name: v.optional(v.pipe(text(), v.description('What the test shows, for the person who reads the log.'))),
  method: v.optional(v.picklist(METHODS, `one of ${METHODS.join(', ')}`)),
  path: v.pipe(
    text(),
    v.regex(/^\//, 'a path that begins with "/"; the address of the service is the input base-url'),
    v.description('Path below base-url, with the query. {id} is a value that an earlier test captured.'),
  ),
  headers: v.optional(
    v.pipe(
      v.record(
        v.pipe(text(), v.regex(/^[A-Za-z][A-Za-z0-9._-]*$/, 'the name of a header')),
        v.string('a text: put it in quotes'),
        'a mapping of header names to texts',
      ),
      v.description('Header names and values. ${NAME} is an environment variable of the step.'),
    ),
  ),
  body: v.optional(v.pipe(v.unknown(), v.description('A text is sent as it is, anything else as JSON.'))),
  timeout: v.optional(
    v.pipe(
      text(),
      v.regex(/^(?=.)(?:[0-9]+m)?(?:[0-9]+(?:\.[0-9]+)?s)?(?:[0-9]+ms)?$/, 'a duration such as 30s'),
      v.description('Longest time for this one request. 10s when left out.'),
    ),
  ),
  'follow-redirects': v.optional(
    v.pipe(v.boolean('true or false'), v.description('Follow up to five redirects and check the last answer.')),
  ),
  expect: v.optional(v.pipe(mapping(expectEntries, 'a mapping'), v.description('What must be true of the answer.'))),
  capture: v.optional(
    v.pipe(
      v.record(
        name,
        v.union([text(), mapping(captureEntries, 'a mapping')], 'a JSONPath, or {json: ..., secret: true}'),
        'a mapping of names to JSONPaths',
      ),
      v.description('Values that later tests use as {name}: one value each, by JSONPath.'),
    ),
  ),
};

const suiteEntries = {
  tests: v.pipe(
    v.array(mapping(testEntries, 'a test: a mapping with at least a path'), 'a list of tests'),
    v.minLength(1, 'at least one test: a gate that checks nothing proves nothing'),
    v.description('Tests, run one after the other.'),
  ),
};

/** The shape of a test file. schema.json is the same for editors; a test keeps the two equal. */
export const suiteSchema = v.pipe(
  mapping(suiteEntries, 'a mapping with the key "tests"'),
  v.description('Smoke tests for the smoke-test action.'),
);

export type SuiteText = v.InferOutput<typeof suiteSchema>;
export type TestText = SuiteText['tests'][number];

/** The keys that a mapping at this place may have. */
export function keysAt(path: readonly unknown[]): string[] {
  const [, , section, , part] = path;
  if (path.length === 0) return Object.keys(suiteEntries);
  if (path.length === 2) return Object.keys(testEntries);
  if (section === 'capture') return Object.keys(captureEntries);
  if (section === 'expect' && path.length === 3) return Object.keys(expectEntries);
  return part === undefined && section !== 'expect' ? [] : Object.keys(matcherEntries);
}
