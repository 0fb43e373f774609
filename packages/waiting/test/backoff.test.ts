import { assert, constant, double, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from '../src/index.ts';

function take(count: number, waits: Iterator<number>): number[] {
  return Array.from({ length: count }, () => waits.next().value as number);
}

describe('backoff', () => {
  it('doubles from the first bound to the most', () => {
    expect(take(8, backoff({ random: () => 1 }))).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('draws each wait evenly from zero to its bound', () => {
    expect(take(4, backoff({ first: 100, random: () => 0 }))).toEqual([0, 0, 0, 0]);
    expect(take(4, backoff({ first: 100, random: () => 0.5 }))).toEqual([50, 100, 200, 400]);
  });

  it('never waits longer than the most, nor less than nothing', () => {
    const options = record({
      first: integer({ min: 1, max: 1_000 }),
      most: integer({ min: 1_000, max: 60_000 }),
      factor: double({ min: 1, max: 10, noNaN: true }),
      random: double({ min: 0, max: 1, noNaN: true }).chain((value) => constant(() => value)),
    });
    assert(
      property(options, ({ most, ...rest }) => {
        for (const wait of take(50, backoff({ most, ...rest }))) {
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
