import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licences } from '../src/licences.ts';

function folderWith(packages: Readonly<Record<string, { json: object; licence?: string }>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'licences-'));
  for (const [path, { json, licence }] of Object.entries(packages)) {
    mkdirSync(join(folder, 'node_modules', path), { recursive: true });
    writeFileSync(join(folder, 'node_modules', path, 'package.json'), JSON.stringify(json));
    if (licence !== undefined) writeFileSync(join(folder, 'node_modules', path, 'LICENSE.md'), licence);
  }
  return folder;
}

const json = (name: string, license = 'MIT') => ({ name, version: '1.0.0', license });
const used = (name: string, modules: { name: string }[] = []) => ({ name, chunks: [1], modules });

describe('licences', () => {
  it('has every package that has a module in any chunk, merged ones too, and no other', () => {
    const folder = folderWith({
      '@scope/a': { json: json('@scope/a'), licence: 'text of a\r\n' },
      b: { json: json('b', 'ISC'), licence: 'text of b' },
      c: { json: json('c'), licence: 'text of c' },
      'b/node_modules/d': { json: json('d'), licence: 'text of d' },
    });
    const stats = {
      modules: [
        used('./lib/index.js + 2 modules', [{ name: 'node_modules/@scope/a/lib/x.js' }, { name: './lib/main.js' }]),
        used('node_modules/b/node_modules/d/index.js'),
        used('external "node:fs"'),
        used('node_modules/b/index.js'),
        { name: 'node_modules/c/index.js', chunks: [] },
      ],
    };
    expect(licences(stats, folder)).toBe(
      ['@scope/a 1.0.0 (MIT)\n\ntext of a\n', 'b 1.0.0 (ISC)\n\ntext of b\n', 'd 1.0.0 (MIT)\n\ntext of d\n'].join(
        `\n${'-'.repeat(80)}\n\n`,
      ),
    );
  });

  it('shows a text that several packages share once, and says when there is none', () => {
    const folder = folderWith({
      a: { json: json('a'), licence: 'same' },
      b: { json: json('b'), licence: 'same' },
      c: { json: json('c') },
    });
    const stats = { modules: ['a', 'b', 'c'].map((name) => used(`node_modules/${name}/index.js`)) };
    expect(licences(stats, folder)).toBe(
      `a 1.0.0 (MIT)\nb 1.0.0 (MIT)\n\nsame\n\n${'-'.repeat(80)}\n\nc 1.0.0 (MIT)\n\nThe package ships no licence text.\n`,
    );
  });

  it('refuses a package that names no licence', () => {
    const folder = folderWith({ a: { json: { name: 'a', version: '1.0.0' } } });
    expect(() => licences({ modules: [used('node_modules/a/index.js')] }, folder)).toThrow('names no licence');
  });
});
