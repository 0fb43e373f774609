import { expect, it } from 'vitest';
import { goDuration } from '../../src/kubernetes/go-duration.ts';

it.each([
  ['1h0m0s', 3_600_000],
  ['90s', 90_000],
  ['1.5h', 5_400_000],
  ['1h30m', 5_400_000],
  ['250ms', 250],
  ['0', 0],
  ['0s', 0],
  ['', undefined],
  ['1', undefined],
  ['1d', undefined],
  ['h', undefined],
  ['-5m', undefined],
])('"%s" is %s ms', (text, milliseconds) => {
  expect(goDuration(text)).toBe(milliseconds);
});
