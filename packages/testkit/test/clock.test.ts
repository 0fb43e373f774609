import { manualClock } from '@delivery-actions/testkit';
import { sleep } from '@delivery-actions/waiting';
import { describe, expect, it } from 'vitest';

describe('manualClock', () => {
  it('stands still until it is told', async () => {
    const clock = manualClock({ now: 1_000 });
    const calls: number[] = [];
    clock.after(10, () => calls.push(clock.now()));
    await clock.advance(9);
    expect([clock.now(), calls]).toEqual([1_009, []]);
    await clock.advance(1);
    expect([clock.now(), calls]).toEqual([1_010, [1_010]]);
  });

  it('calls what falls due in order, each at its own moment, and what that starts', async () => {
    const clock = manualClock({ now: 0 });
    const calls: string[] = [];
    clock.after(20, () => calls.push(`late ${clock.now()}`));
    clock.after(10, () => {
      calls.push(`early ${clock.now()}`);
      clock.after(5, () => calls.push(`next ${clock.now()}`));
    });
    await clock.advance(100);
    expect(calls).toEqual(['early 10', 'next 15', 'late 20']);
    expect(clock.now()).toBe(100);
  });

  it('lets promises go on between timers', async () => {
    const clock = manualClock({ now: 0 });
    let at = -1;
    const waiting = (async () => {
      await sleep(clock, 10);
      await sleep(clock, 10);
      at = clock.now();
    })();
    await clock.advance(50);
    await waiting;
    expect(at).toBe(20);
  });

  it('forgets what is cancelled', async () => {
    const clock = manualClock();
    const calls: string[] = [];
    clock.after(1, () => calls.push('x'))();
    await clock.advance(10);
    expect(calls).toEqual([]);
  });

  it('skips to the next timer as soon as nothing else is left to do', async () => {
    const clock = manualClock({ now: 0, idle: 'skip' });
    for (let hour = 1; hour <= 3; hour += 1) await sleep(clock, 3_600_000);
    expect(clock.now()).toBe(3 * 3_600_000);
  });
});
