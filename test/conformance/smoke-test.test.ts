import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonQuery } from '../../actions/smoke-test/src/json-path.ts';
import { type Check, mismatches } from '../../actions/smoke-test/src/matchers.ts';

interface Case {
  readonly document: string;
  readonly query: string;
  readonly filter: 'count' | null;
  readonly not: boolean;
  readonly predicate: string;
  readonly value?: unknown;
}

const FILE = new URL('../../../shared/conformance/smoke-test/hurl-assert-json-cases.json', import.meta.url);

/** What `expect.json` has no word for, on purpose. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  isIsoDate: 'dates are texts; a format is not checked',
};

/** Hurl's predicate in the words of a test file. */
function checkOf({ filter, not, predicate, value }: Case): Check | undefined {
  if (filter === 'count') return predicate === '==' ? { count: value as number } : undefined;
  const check = {
    '==': { equals: value },
    '!=': { not: { equals: value } },
    '<': { 'less-than': value as number },
    '<=': { 'at-most': value as number },
    exists: { exists: true },
    isBoolean: { type: 'boolean' },
    isObject: { type: 'object' },
    isInteger: { type: 'integer' },
    isNumber: { type: 'number' },
    isEmpty: { empty: true },
    isCollection: { not: { not: { type: 'array' } } },
    contains: { contains: value },
  }[predicate] as Check | undefined;
  return check === undefined || !not ? check : { not: check };
}

const shared = existsSync(FILE);
if (!shared) console.warn(`SKIPPED: Hurl's JSON asserts, since ${FILE.pathname} is not there`);

describe.skipIf(!shared)("Hurl's JSON asserts (Orange-OpenSource/hurl, Apache-2.0)", () => {
  const { documents, cases } = shared
    ? (JSON.parse(readFileSync(FILE, 'utf8')) as { documents: Record<string, unknown>; cases: Case[] })
    : { documents: {}, cases: [] };

  for (const each of cases) {
    const { document, query, filter, not, predicate, value } = each;
    const text = [document, query, filter, not ? 'not' : '', predicate, JSON.stringify(value)]
      .filter(Boolean)
      .join(' ');
    const exception = EXCEPTIONS[predicate];
    if (exception !== undefined) {
      it.skip(`${text} (named exception: ${exception})`, () => {});
      continue;
    }
    it(text, async () => {
      const check = checkOf(each);
      if (check === undefined) throw new Error(`there is no word for ${predicate}: add it, or name the exception`);
      const selection = (await jsonQuery(query)).select(documents[document]);
      // Hurl says "collection" of a list and of an object.
      const wanted =
        predicate === 'isCollection' && !Array.isArray(selection.values[0]) ? { type: 'object' as const } : check;
      expect(mismatches(wanted, selection)).toEqual([]);
    });
  }

  it('every case but the named exceptions was run', () => {
    expect(cases.length).toBe(38);
    expect(cases.filter(({ predicate }) => predicate in EXCEPTIONS).length).toBe(1);
  });
});
