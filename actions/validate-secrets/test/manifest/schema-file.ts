/**
 * The schema for editors, made of the one that the action checks with. Run as a script, it writes schema.json:
 * node -C source actions/validate-secrets/test/manifest/schema-file.ts && biome check --write actions/validate-secrets/schema.json
 */
import { writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import { manifestSchema } from '../../src/manifest/manifest-schema.ts';

export const SCHEMA_FILE = new URL('../../schema.json', import.meta.url);

export function schemaForEditors(): unknown {
  const { $schema, ...schema } = toJsonSchema(manifestSchema);
  return JSON.parse(JSON.stringify({ $schema, title: 'Manifest of secrets', ...schema }), plain);
}

/** "Nothing is allowed" as editors know it best, so that they name the key. */
function plain(key: string, value: unknown): unknown {
  return key === 'additionalProperties' && JSON.stringify(value) === '{"not":{}}' ? false : value;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(schemaForEditors(), null, 2)}\n`);
