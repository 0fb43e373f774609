import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
/** Of pnpm itself. */
const OWN = ['install', 'exec'];

describe.each(globSync('{*.md,actions/*/README.md}', { cwd: ROOT }).sort())('%s', (file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');

  it('names commands that there are', () => {
    const named = [...text.matchAll(/\bpnpm(?:@12)? ([a-z]+(?::[a-z]+)?)/g)].map(([, name]) => name);
    expect(named.filter((name = '') => !(name in scripts) && !OWN.includes(name))).toEqual([]);
  });

  it('links to files that there are', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
  });
});
