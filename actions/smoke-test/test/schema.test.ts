import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { keysAt, METHODS } from '../src/schema.ts';
import { SCHEMA_FILE, schemaForEditors } from './schema-file.ts';

it('schema.json, which editors read, is the schema that the action checks with', () => {
  expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'))).toEqual(schemaForEditors());
});

it('M11 knows the keys of every mapping, for its did-you-mean', () => {
  expect(keysAt([])).toEqual(['tests']);
  expect(keysAt(['tests', 0])).toContain('follow-redirects');
  expect(keysAt(['tests', 0, 'expect'])).toEqual(['status', 'json', 'contains']);
  expect(keysAt(['tests', 0, 'expect', 'json', '$.a'])).toContain('at-least');
  expect(keysAt(['tests', 0, 'expect', 'json', '$.a', 'not'])).toContain('count');
  expect(keysAt(['tests', 0, 'capture', 'id'])).toEqual(['json', 'secret']);
  expect(METHODS).not.toContain('CONNECT');
});
