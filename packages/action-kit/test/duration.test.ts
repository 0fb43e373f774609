import { formatDuration, parseDuration } from '@delivery-actions/action-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['1.5s', 1_500],
    ['2h3m4s5ms', 7_384_005],
    [' 0s ', 0],
    ['596h', 2_145_600_000],
  ])('%s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', ' ', 's', '10', '-1s', '1m1h', '1e3s', '10 m', '1d', '5M', '1..5s', 'ten minutes'])(
    'refuses %j',
    (text) => {
      expect(() => parseDuration(text)).toThrow(`"${text}" is not a duration such as 90s, 10m or 1h30m`);
    },
  );

  it('asks for the unit that is missing', () => {
    expect(() => parseDuration('90')).toThrow(
      expect.objectContaining({ findings: [expect.objectContaining({ hint: 'write the unit: 90s or 90m' })] }),
    );
  });

  it('refuses what no timer can wait for: it would end at once', () => {
    expect(() => parseDuration('1000h')).toThrow('"1000h" is longer than the longest duration, 596h');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [143, '143ms'],
    [999.4, '999ms'],
    [999.6, '1.0s'],
    [1_000, '1.0s'],
    [9_949, '9.9s'],
    [9_951, '10s'],
    [45_000, '45s'],
    [59_600, '1m00s'],
    [125_000, '2m05s'],
    [3_599_700, '1h00m'],
    [5_400_000, '1h30m'],
  ])('%d', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('any whole number of seconds below an hour reads back as itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 3_599 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });
});
