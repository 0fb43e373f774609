import { getEventListeners } from 'node:events';
import { manualClock } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../src/index.ts';

describe('sleep', () => {
  it('ends when its time has passed, not before', async () => {
    const clock = manualClock();
    let awake = false;
    const sleeping = sleep(clock, 1_000).then(() => {
      awake = true;
    });
    await clock.advance(999);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
    await sleeping;
  });

  it('ends at once with the reason of its signal, and leaves no timer and no listener', async () => {
    const clock = manualClock();
    const cancel = new AbortController();
    const sleeping = sleep(clock, 1_000, cancel.signal);
    cancel.abort('SIGINT');
    await expect(sleeping).rejects.toBe('SIGINT');
    await expect(sleep(clock, 1_000, cancel.signal)).rejects.toBe('SIGINT');
    await clock.advance(10_000);

    const { signal } = new AbortController();
    const slept = sleep(clock, 10, signal);
    await clock.advance(10);
    await slept;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('the system clock', () => {
  it('tells the time and calls back once', async () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
    await new Promise<void>((resolve) => systemClock.after(1, resolve));
  });

  it('calls nobody back who called it off', async () => {
    let called = false;
    const cancel = systemClock.after(1, () => {
      called = true;
    });
    cancel();
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    expect(called).toBe(false);
  });
});
