import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limiter } from '../../src/workflow/limiter.ts';

it('never more than the limit run at once, all of them run, in order, failures included', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.nat(3), fc.boolean())),
      async (most, works) => {
        const limit = limiter(most);
        const started: number[] = [];
        let now = 0;
        const all = works.map(([turns, fails], index) =>
          limit(async () => {
            started.push(index);
            now += 1;
            expect(now).toBeLessThanOrEqual(most);
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            now -= 1;
            if (fails) throw new Error('fails');
          }),
        );
        await Promise.allSettled(all);
        expect(started).toEqual(works.map((_, index) => index));
      },
    ),
  );
});
