import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limiter } from '../../src/workflow/limiter.ts';

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
};

it('never more than the limit run at once, and all of them run, whenever they come and whether they fail', async () => {
  const work = fc.record({ comesAfter: fc.nat(12), takes: fc.nat(4), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(work, { maxLength: 12 }), async (most, works) => {
      const limit = limiter(most);
      let ran = 0;
      let now = 0;
      let peak = 0;
      const all = works.map(async ({ comesAfter, takes, fails }) => {
        await turns(comesAfter);
        await limit(async () => {
          ran += 1;
          now += 1;
          peak = Math.max(peak, now);
          await turns(takes);
          now -= 1;
          if (fails) throw new Error('fails');
        });
      });
      await Promise.allSettled(all);
      expect(peak).toBeLessThanOrEqual(most);
      expect(ran).toBe(works.length);
    }),
  );
});

it('those that wait go on in the order in which they came', async () => {
  const limit = limiter(1);
  const order: number[] = [];
  await Promise.all(
    [0, 1, 2, 3].map((index) =>
      limit(async () => {
        await turns(3 - index);
        order.push(index);
      }),
    ),
  );
  expect(order).toEqual([0, 1, 2, 3]);
});
