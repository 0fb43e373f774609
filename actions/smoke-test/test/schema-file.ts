/**
 * The schema for editors, made of the one that the action checks with. Run as a script, it writes schema.json:
 * node -C source actions/smoke-test/test/schema-file.ts && biome check --write actions/smoke-test/schema.json
 */
import { writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import { check, suiteSchema } from '../src/schema.ts';

export const SCHEMA_FILE = new URL('../schema.json', import.meta.url);

export function schemaForEditors(): unknown {
  const { $schema, ...schema } = toJsonSchema(suiteSchema, { definitions: { check } });
  return JSON.parse(JSON.stringify({ $schema, title: 'Smoke tests', ...schema }), plain);
}

/** "Nothing is allowed" as editors know it best, so that they name the key. */
function plain(key: string, value: unknown): unknown {
  return key === 'additionalProperties' && JSON.stringify(value) === '{"not":{}}' ? false : value;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(schemaForEditors(), null, 2)}\n`);
