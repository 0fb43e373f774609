import { hash } from 'node:crypto';
import { isTag } from '@delivery-actions/oci';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fitTag } from '../src/tag-grammar.ts';

const sha256 = (text: string) => hash('sha256', text);
const fit = (prefix: string, value: string, suffix: string, kind = 'branch') =>
  fitTag({ prefix, value, suffix }, kind, sha256);
const branch = (value: string) => fit('', value, '');
const nasty = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', '9', 'e', 'x', '_', '.', '-', '/', ' ', 'é', '日', '💥', '#'),
});
const anyText = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme', maxLength: 300 }),
  nasty,
  fc.stringMatching(/^[0-9]{1,20}$/),
);

describe('fitTag', () => {
  it.each(['main', 'v1.2.3', '_x', 'sha-a3f91c2b04de', 'a'.repeat(128)])('leaves %s as it is', (name) => {
    expect(branch(name)).toEqual({ tag: name, changes: [], ambiguous: false });
  });

  it('T04 a branch of 200 characters gives a tag of 128, and another such branch another one', () => {
    const [one, other] = [branch(`${'x'.repeat(200)}1`), branch(`${'x'.repeat(200)}2`)];
    expect(one.tag).toMatch(/^x{119}-[0-9a-f]{8}$/);
    expect(one.tag).toHaveLength(128);
    expect(other.tag).not.toBe(one.tag);
    expect(one.ambiguous).toBe(false);
  });

  it('keeps the suffix of what it cuts, and no separator before the hash', () => {
    const { tag } = fit('', `${'x'.repeat(110)}--------${'y'.repeat(90)}`, '-alpine');
    expect(tag).toMatch(/^x{110}-[0-9a-f]{8}-alpine$/);
  });

  it('T05 a branch of non-ASCII letters only gives a valid tag, never "-"', () => {
    const [one, other] = [branch('日本'), branch('中国')];
    expect(one.tag).toMatch(/^branch-[0-9a-f]{8}$/);
    expect(other.tag).toMatch(/^branch-[0-9a-f]{8}$/);
    expect(other.tag).not.toBe(one.tag);
  });

  it.each(['.hidden', '-dash', '--', '..', '/'])('T05 a ref %j gives a valid first character', (name) => {
    expect(isTag(branch(name).tag)).toBe(true);
  });

  it.each([
    '1234567',
    '1e5',
    'e12345678901',
    '12e456789012',
    '0x1f',
    '1_000',
    '0b11',
    '017',
    '1.5',
    '1.',
    'true',
    'No',
    'null',
  ])('T06 %s never comes out bare', (value) => {
    expect(fit('', value, '', 'sha').tag).toBe(`sha-${value}`);
  });

  it('T03 says that a name which lost characters may meet another one', () => {
    expect(branch('feature/a')).toEqual({
      tag: 'feature-a',
      changes: ['a tag cannot have all of its characters'],
      ambiguous: true,
    });
  });

  it('T04 T05 any text with any prefix and suffix gives a tag that obeys the grammar', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(''), anyText),
        anyText,
        fc.oneof(fc.constant(''), anyText),
        (prefix, value, suffix) => {
          expect(isTag(fit(prefix, value, suffix).tag)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('T06 any tag is a string to YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const { tag } = branch(value);
        for (const version of ['1.1', '1.2'] as const) expect(parse(`tag: ${tag}`, { version })).toEqual({ tag });
      }),
      { numRuns: 2_000 },
    );
  });

  it('T04 any two texts that are changed beyond their characters stay two tags', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const [a, b] = [branch(one), branch(other)];
        if (one !== other && !a.ambiguous && !b.ambiguous) expect(a.tag).not.toBe(b.tag);
      }),
    );
  });
});
