import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dropUnused } from '../src/unused.ts';

it('takes out what nothing uses, and leaves names, comments and lines', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unused-'));
  writeFileSync(
    join(folder, 'index.js'),
    `module.exports = () => {
  /** Greets. */
  function greet(name) {
    return 'Hello ' + name;
  }
  function neverCalled() { return greet('nobody'); }
  const failure = class Refused extends Error {};
  return [greet('you'), greet.name, failure.name];
};
`,
  );
  await dropUnused(folder);
  const code = readFileSync(join(folder, 'index.js'), 'utf8');
  expect(code).not.toContain('neverCalled');
  expect(code).toMatch(/\n +\/\*\* Greets\. \*\/\n +function greet\(name\) \{\n/);
  const bundle = { exports: () => [] as string[] };
  new Function('module', code)(bundle);
  expect(bundle.exports()).toEqual(['Hello you', 'greet', 'Refused']);
});
