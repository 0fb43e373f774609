import type { Selection } from './json-path.ts';

/** What `expect.json` may say of a value; everything that is said must hold. */
export interface Matchers {
  readonly equals?: unknown;
  readonly not?: Check;
  readonly exists?: boolean;
  readonly count?: number;
  readonly contains?: unknown;
  readonly type?: JsonType;
  readonly empty?: boolean;
  readonly 'less-than'?: number | string;
  readonly 'at-most'?: number | string;
  readonly 'greater-than'?: number | string;
  readonly 'at-least'?: number | string;
}

/** A mapping holds matchers; anything else is the value that is expected. */
export type Check = Matchers | string | number | boolean | null | readonly unknown[];

export const JSON_TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;
export type JsonType = (typeof JSON_TYPES)[number];

interface Matcher {
  /** Completes "expected ...". */
  readonly text: string;
  readonly holds: (selection: Selection) => boolean;
}

/** What does not hold, as pairs that complete "expected ..., got ...". An empty list means that all is well. */
export function mismatches(check: Check, selection: Selection): { expected: string; got: string }[] {
  return matchersOf(check)
    .filter((matcher) => !matcher.holds(selection))
    .map((matcher) => ({ expected: matcher.text, got: selected(selection) }));
}

function matchersOf(check: Check): Matcher[] {
  if (!isMatchers(check)) return [equals(check)];
  const { exists, count, type, empty } = check;
  const found = (text: string, holds: (value: unknown) => boolean): Matcher => ({
    text,
    holds: (selection) => selection.values.length > 0 && holds(subject(selection)),
  });
  const ordered = (word: string, bound: number | string | undefined, holds: (order: number) => boolean) =>
    bound === undefined ? [] : [found(`${word} ${show(bound)}`, (value) => holds(order(value, bound)))];
  return [
    ...('equals' in check ? [equals(check.equals)] : []),
    ...(check.not === undefined ? [] : [negated(check.not)]),
    ...(exists === undefined
      ? []
      : [{ text: exists ? 'a value' : 'no value', holds: ({ values }: Selection) => values.length > 0 === exists }]),
    ...(count === undefined
      ? []
      : [{ text: `count ${count}`, holds: (selection: Selection) => counted(selection) === count }]),
    ...('contains' in check ? [contains(check.contains)] : []),
    ...(type === undefined ? [] : [found(`type ${type}`, (value) => isType(value, type))]),
    ...(empty === undefined
      ? []
      : [found(empty ? 'something empty' : 'something not empty', (value) => isEmpty(value) === empty)]),
    ...ordered('less than', check['less-than'], (sign) => sign < 0),
    ...ordered('at most', check['at-most'], (sign) => sign <= 0),
    ...ordered('greater than', check['greater-than'], (sign) => sign > 0),
    ...ordered('at least', check['at-least'], (sign) => sign >= 0),
  ];
}

function isMatchers(check: Check): check is Matchers {
  return typeof check === 'object' && check !== null && !Array.isArray(check);
}

/** A missing value fails `not` as well, or a misspelt query would pass: only `not: {exists: true}` wants it missing. */
function negated(check: Check): Matcher {
  const inner = matchersOf(check);
  const existence = isMatchers(check) && check.exists !== undefined;
  return {
    text: `not ${inner.map(({ text }) => text).join(' and ')}`,
    holds: (selection) =>
      (existence || selection.values.length > 0) && !inner.every((matcher) => matcher.holds(selection)),
  };
}

/** What a list of one is expected to equal: the one, unless a list was written. */
function equals(expected: unknown): Matcher {
  return {
    text: show(expected),
    holds: ({ singular, values }) =>
      (values.length === 1 && same(values[0], expected)) ||
      (!singular && Array.isArray(expected) && same(values, expected)),
  };
}

function contains(expected: unknown): Matcher {
  return {
    text: `something that contains ${show(expected)}`,
    holds({ singular, values }) {
      const holds = (value: unknown) =>
        typeof value === 'string'
          ? typeof expected === 'string' && value.includes(expected)
          : Array.isArray(value) && value.some((item) => same(item, expected));
      return values.length === 1 && holds(values[0]) ? true : !singular && holds(values);
    },
  };
}

/** The one value that was found; else, of a query that finds many, their list. */
function subject({ values }: Selection): unknown {
  return values.length === 1 ? values[0] : values;
}

/** Items of the one array or object that a singular query names; else the values that were found. */
function counted({ singular, values }: Selection): number | undefined {
  if (!singular) return values.length;
  const [value] = values;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
}

function isType(value: unknown, type: JsonType): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Negative, zero or positive for two numbers or two strings; NaN, of which no order holds, for anything else. */
function order(value: unknown, bound: number | string): number {
  if (typeof value === 'number' && typeof bound === 'number') return value - bound;
  if (typeof value === 'string' && typeof bound === 'string') return value < bound ? -1 : Number(value > bound);
  return Number.NaN;
}

/** Equal as JSON: the order of keys does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)));
}

export function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}

function selected(selection: Selection): string {
  return selection.values.length === 0 ? 'nothing' : show(subject(selection));
}
