import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sbom } from '../src/sbom.ts';

it('lists exactly the packages that have a module in the bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
  try {
    const packages = { '@scope/a': 'MIT', b: 'MIT OR Apache-2.0', c: 'ISC' };
    for (const [name, license] of Object.entries(packages)) {
      mkdirSync(join(folder, 'node_modules', name), { recursive: true });
      const json = JSON.stringify({ name, version: '1.0.0', license });
      writeFileSync(join(folder, 'node_modules', name, 'package.json'), json);
    }
    const modules = [
      { name: 'node_modules/b/index.js', chunks: [1] },
      { name: 'node_modules/@scope/a/index.js', chunks: [7] },
      { name: 'node_modules/c/index.js', chunks: [] },
      { name: './lib/index.js', chunks: [1] },
    ];
    const { components, dependencies } = JSON.parse(sbom('greet', { modules }, folder, ({ name }) => name === 'b'));
    expect(components).toEqual([
      {
        type: 'library',
        'bom-ref': 'pkg:npm/%40scope/a@1.0.0',
        group: '@scope',
        name: 'a',
        version: '1.0.0',
        licenses: [{ license: { id: 'MIT' } }],
        purl: 'pkg:npm/%40scope/a@1.0.0',
      },
      {
        type: 'library',
        'bom-ref': 'pkg:npm/b@1.0.0',
        name: 'b',
        version: '1.0.0',
        licenses: [{ expression: 'MIT OR Apache-2.0' }],
        purl: 'pkg:npm/b@1.0.0',
        pedigree: { patches: [{ type: 'unofficial' }] },
      },
    ]);
    expect(dependencies).toEqual([{ ref: 'greet', dependsOn: ['pkg:npm/%40scope/a@1.0.0', 'pkg:npm/b@1.0.0'] }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
