import { describe, expect, it } from 'vitest';
import { atMost } from '../src/steps.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('atMost', () => {
  it('does everything, never more at a time than that', async () => {
    const done: number[] = [];
    let now = 0;
    let most = 0;
    await atMost(2, [1, 2, 3, 4, 5], async (item) => {
      now += 1;
      most = Math.max(most, now);
      await turn();
      now -= 1;
      done.push(item);
    });
    expect([done.sort(), most]).toEqual([[1, 2, 3, 4, 5], 2]);
  });

  it('begins nothing after a failure, and lets what has begun end before it tells', async () => {
    const ended: string[] = [];
    const work = async (item: string) => {
      await turn();
      if (item === 'bad') throw new Error('bad');
      await turn();
      ended.push(item);
    };
    await expect(atMost(2, ['bad', 'begun', 'never'], work)).rejects.toThrow('bad');
    expect(ended).toEqual(['begun']);
  });
});
