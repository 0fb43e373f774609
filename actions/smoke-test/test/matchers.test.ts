import { describe, expect, it } from 'vitest';
import { jsonQuery } from '../src/json-path.ts';
import { type Check, mismatches, same } from '../src/matchers.ts';

const ORDER = {
  id: 'ord-1',
  total: 20,
  paid: false,
  note: null,
  items: [
    { sku: 'A', price: 5 },
    { sku: 'B', price: 15 },
  ],
  one: [{ a: 1, b: 2, c: 3 }],
  empty: {},
  none: [],
};

async function holds(query: string, check: Check): Promise<boolean> {
  return mismatches(check, (await jsonQuery(query)).select(ORDER)).length === 0;
}

async function said(query: string, check: Check): Promise<string> {
  const found = mismatches(check, (await jsonQuery(query)).select(ORDER));
  return found.map(({ expected, got }) => `expected ${expected}, got ${got}`).join('; ');
}

describe('a value that is written', () => {
  it.each<[string, Check]>([
    ['$.id', 'ord-1'],
    ['$.total', 20],
    ['$.paid', false],
    ['$.note', null],
    ['$.none', []],
    ['$.items[0]', { equals: { price: 5, sku: 'A' } }],
    ['$.empty', { equals: {} }],
    ['$.items[*].sku', ['A', 'B']],
    ['$.items[?@.price > 10].sku', 'B'],
    ['$.items[?@.price > 10].sku', ['B']],
  ])('%s is %j', async (query, check) => {
    expect(await holds(query, check)).toBe(true);
  });

  it.each<[string, Check]>([
    ['$.total', '20'],
    ['$.paid', 0],
    ['$.note', 'null'],
    ['$.gone', null],
    ['$.items', []],
    ['$.items[*].sku', 'A'],
    ['$.none', { equals: {} }],
    ['$.items[0]', { equals: { sku: 'A' } }],
  ])('%s is not %j', async (query, check) => {
    expect(await holds(query, check)).toBe(false);
  });
});

describe('matchers', () => {
  it.each<[string, Check]>([
    ['$.items', { count: 2, type: 'array', empty: false }],
    ['$.items[*]', { count: 2 }],
    ['$.gone[*]', { count: 0 }],
    ['$.one[*]', { count: 1 }],
    ['$.id', { contains: 'ord-', type: 'string', not: 'ord-2' }],
    ['$.items[*].sku', { contains: 'B' }],
    ['$.total', { type: 'integer', 'at-least': 20, 'at-most': 20, 'greater-than': 19, 'less-than': 21 }],
    ['$.total', { type: 'number' }],
    ['$.id', { 'less-than': 'ord-2' }],
    ['$.note', { type: 'null', exists: true }],
    ['$.gone', { exists: false }],
    ['$.gone', { not: { exists: true } }],
    ['$.empty', { empty: true, type: 'object', count: 0 }],
    ['$.paid', { type: 'boolean', not: { type: 'string' } }],
  ])('%s matches %j', async (query, check) => {
    expect(await holds(query, check)).toBe(true);
  });

  it.each<[string, Check]>([
    ['$.gone', { not: 'x' }],
    ['$.gone', { empty: true }],
    ['$.gone', { type: 'null' }],
    ['$.gone', { count: 0 }],
    ['$.total', { 'less-than': '30' }],
    ['$.id', { count: 5 }],
    ['$.total', { empty: true }],
    ['$.total', { contains: 2 }],
    ['$.id', { 'at-least': 'p' }],
    ['$.items[*].price', { 'at-least': 5 }],
  ])('%s does not match %j', async (query, check) => {
    expect(await holds(query, check)).toBe(false);
  });
});

it('says what was expected and what there is', async () => {
  expect(await said('$.id', 'ord-2')).toBe('expected "ord-2", got "ord-1"');
  expect(await said('$.gone', { exists: true })).toBe('expected a value, got nothing');
  expect(await said('$.items', { count: 3, type: 'object' })).toBe(
    'expected count 3, got [{"sku":"A","price":5},{"sku":"B","price":15}]; expected type object, got [{"sku":"A","price":5},{"sku":"B","price":15}]',
  );
  expect(await said('$.total', { 'at-least': 30 })).toBe('expected at least 30, got 20');
  expect(await said('$.total', { not: { type: 'number', 'less-than': 30 } })).toBe(
    'expected not type number and less than 30, got 20',
  );
  expect(await said('$.id', { contains: 'x' })).toBe('expected something that contains "x", got "ord-1"');
  expect(await said('$.items[*].price', 5)).toBe('expected 5, got [5,15]');
});

it('JSON is the same whatever the order of its keys', () => {
  expect(same({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true);
  expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(same([1, 2], [2, 1])).toBe(false);
  expect(same([], {})).toBe(false);
  expect(same(null, {})).toBe(false);
});

it('a JSONPath that is none says where it is wrong', async () => {
  await expect(jsonQuery('id')).rejects.toThrow('"id" is not a JSONPath (RFC 9535)');
  await expect(jsonQuery('$.items[?(@.a == )]')).rejects.toThrow('is not a JSONPath (RFC 9535)');
});
