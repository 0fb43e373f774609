import { describe, expect, it } from 'vitest';
import { readPep440 } from '../src/pep440.ts';
import { compareVersions, readDotted, semverReader } from '../src/version.ts';

describe('readPep440', () => {
  it.each([
    ['1.2', '1.2', true],
    ['v1.0-alpha.1', '1.0a1', false],
    ['1.0.RC2', '1.0rc2', false],
    ['1.2post1', '1.2.post1', false],
    ['1.2-3', '1.2.post3', false],
    ['1.0dev', '1.0.dev0', false],
    ['1!2.0', '1!2.0', true],
    ['1.0a1.post2.dev3', '1.0a1.post2.dev3', false],
    ['1.0+ubuntu.1', '1.0', true],
  ])('%s is %s', (text, version, final) => {
    expect(readPep440(text)).toMatchObject({ version, final });
  });

  it.each(['sometag', '', '1.x', 'v'])('%j is none', (text) => {
    expect(readPep440(text)).toBeUndefined();
  });
});

describe('readDotted', () => {
  it.each([
    ['v0.29', '0.29', ['0', '29', undefined], true],
    ['2026.01.15', '2026.01.15', ['2026', '01', '15'], true],
    ['2026.01.15.2', '2026.01.15.2', ['2026', '01', '15'], true],
    ['2026.01-rc1', '2026.01-rc1', ['2026', '01', undefined], false],
    ['1.2rc1', '1.2rc1', ['1', '2', undefined], false],
    ['7', '7', ['7', undefined, undefined], true],
  ])('%s', (text, version, [major, minor, patch], final) => {
    const read = readDotted(text);
    expect([read?.version, read?.major, read?.minor, read?.patch, read?.final]).toEqual([
      ...[version, major, minor, patch, final],
    ]);
  });

  it.each(['release1', '1.2.3.4.5', '1..2', ''])('%j is none', (text) => {
    expect(readDotted(text)).toBeUndefined();
  });
});

describe('semverReader', () => {
  it('T13 leaves build metadata out, which makes no other version', async () => {
    const read = await semverReader();
    expect(read('v1.2.3+build.5')).toMatchObject({ raw: 'v1.2.3', version: '1.2.3', final: true, metadata: 'build.5' });
    expect(read('v1.2.3-rc.1')).toMatchObject({ raw: 'v1.2.3-rc.1', final: false });
    expect(read('v1.2')).toBeUndefined();
  });
});

describe('compareVersions', () => {
  it('compares by numbers, and missing ones are 0', () => {
    const sorted = ['1.10', '1.9.5', '1.2', '1.10.0.1']
      .map((text) => readDotted(text) ?? expect.fail(text))
      .sort(compareVersions)
      .map(({ version }) => version);
    expect(sorted).toEqual(['1.2', '1.9.5', '1.10', '1.10.0.1']);
  });
});
