import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dropUnused } from '../src/unused.ts';

it('takes out of the chunks of libraries what nothing uses, and leaves names, comments and lines', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unused-'));
  writeFileSync(
    join(folder, '7.index.js'),
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
  writeFileSync(join(folder, 'index.js'), 'function neverCalled() {}');
  const modules = [
    { name: '../../node_modules/greet/index.js', chunks: [7] },
    { name: './lib/main.js', chunks: [0] },
    { name: '../../node_modules/greet/more.js', chunks: [0] },
  ];
  await dropUnused(folder, { modules });
  expect(readFileSync(join(folder, 'index.js'), 'utf8')).toBe('function neverCalled() {}');
  const code = readFileSync(join(folder, '7.index.js'), 'utf8');
  expect(code).not.toContain('neverCalled');
  expect(code).toMatch(/\n +\/\*\* Greets\. \*\/\n +function greet\(name\) \{\n/);
  const bundle = { exports: () => [] as string[] };
  new Function('module', code)(bundle);
  expect(bundle.exports()).toEqual(['Hello you', 'greet', 'Refused']);
});
