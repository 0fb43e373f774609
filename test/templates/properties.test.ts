import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TEMPLATES, templateFiles } from './template.ts';

/** GitHub docs, "Creating workflow templates for your organization": these five keys and no other. */
const KEYS = ['name', 'description', 'iconName', 'categories', 'filePatterns'];

describe.each(templateFiles())('%s', (file) => {
  const beside = join(TEMPLATES, file.replace('.yml', '.properties.json'));

  it('has its properties beside it, as GitHub reads them', () => {
    const properties = JSON.parse(readFileSync(beside, 'utf8')) as Record<string, unknown>;
    expect(Object.keys(properties).filter((key) => !KEYS.includes(key))).toEqual([]);
    expect(properties).toMatchObject({ name: expect.stringMatching(/./), description: expect.stringMatching(/\.$/) });
    expect(properties['iconName']).toMatch(/^octicon [a-z-]+$/);
    expect(properties['categories']).toEqual(expect.arrayContaining([expect.any(String)]));
    for (const pattern of properties['filePatterns'] as string[]) expect(() => new RegExp(pattern)).not.toThrow();
  });

  it('begins with a comment that says what to set', () => {
    const header = readFileSync(join(TEMPLATES, file), 'utf8').split(/^name:/m)[0] ?? '';
    expect(header).toContain('# What to set, once:\n#\n# 1. ');
    expect(header).toMatch(/may do; everything else is denied:\n#\n#\s+job\s+permission\s+why\n/);
  });

  it('explains every variable and secret that it reads', () => {
    const [header = '', body = ''] = readFileSync(join(TEMPLATES, file), 'utf8').split(/^name:/m);
    const read = [...body.matchAll(/\b(?:vars|secrets)\.(\w+)/g)].map(([, name = '']) => name);
    const unexplained = read.filter((name) => name !== 'GITHUB_TOKEN' && !new RegExp(`^# +${name} `, 'm').test(header));
    expect(unexplained).toEqual([]);
  });
});

it('the folder holds templates and their properties, nothing else, so that it can be copied as it is', () => {
  const expected = templateFiles().flatMap((file) => [file, file.replace('.yml', '.properties.json')]);
  expect(readdirSync(TEMPLATES).sort()).toEqual(expected.sort());
  expect(expected.filter((file) => !existsSync(join(TEMPLATES, file)))).toEqual([]);
});
