import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeKeys, lookForKeys } from '../src/keys.ts';

const KEYS = ['apiKey', 'apiSecret'];

describe('keys in a value', () => {
  it.each([
    ['{"apiKey":"x","apiSecret":"y","more":1}', {}, undefined],
    ['{"apiKey":0,"apiSecret":false}', {}, undefined],
    ['{"apiKey":"x"}', { missing: ['apiSecret'] }, 'KEY-MISSING'],
    ['{"APIKEY":"x","apiSecret":"y"}', { missing: ['apiKey'], otherCase: ['apiKey'] }, 'KEY-MISSING'],
    ['{"apiKey":" ","apiSecret":null}', { empty: KEYS }, 'EMPTY'],
    ['{"apiKey":""}', { empty: ['apiKey'], missing: ['apiSecret'] }, 'KEY-MISSING'],
    ['["apiKey","apiSecret"]', { problem: 'not-an-object', missing: KEYS }, 'KEY-MISSING'],
    ['"apiKey"', { problem: 'not-an-object', missing: KEYS }, 'KEY-MISSING'],
    ['null', { problem: 'not-an-object', missing: KEYS }, 'KEY-MISSING'],
    ['apiKey=x', { problem: 'not-json', missing: KEYS }, 'KEY-MISSING'],
    ['', { problem: 'not-json', missing: KEYS }, 'KEY-MISSING'],
    [undefined, { problem: 'binary', missing: KEYS }, 'KEY-MISSING'],
  ] as const)('S12 of %s', (value, found, verdict) => {
    const finding = lookForKeys(value, KEYS);
    expect(finding).toEqual({ missing: [], otherCase: [], empty: [], ...found });
    expect(judgeKeys(finding)).toBe(verdict);
  });

  it('S12 are its own: what every object inherits is no key', () => {
    expect(lookForKeys('{}', ['constructor', '__proto__']).missing).toEqual(['constructor', '__proto__']);
  });

  it('S13 leave nothing of the value behind, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const finding = lookForKeys(value, KEYS);
        const words = [...KEYS, 'not-json', 'not-an-object', 'binary'];
        for (const text of [finding.problem, ...finding.missing, ...finding.otherCase, ...finding.empty])
          if (text !== undefined) expect(words).toContain(text);
      }),
    );
  });
});
