import { getEventListeners } from 'node:events';
import { manualClock } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { deadline, sleep } from '../src/index.ts';

describe('a deadline', () => {
  it('counts down, never below zero', async () => {
    const clock = manualClock();
    using end = deadline(clock, 1_000);
    expect([end.remaining(), end.elapsed(), end.passed]).toEqual([1_000, 0, false]);
    await clock.advance(400);
    expect([end.remaining(), end.elapsed(), end.passed]).toEqual([600, 400, false]);
    await clock.advance(600);
    expect([end.remaining(), end.elapsed(), end.passed]).toEqual([0, 1_000, true]);
    await clock.advance(5_000);
    expect([end.remaining(), end.elapsed(), end.passed]).toEqual([0, 6_000, true]);
  });

  it('aborts what runs under it, with a reason that says why', async () => {
    const clock = manualClock();
    using end = deadline(clock, 1_000);
    const sleeping = sleep(clock, 5_000, end.signal);
    const failed = expect(sleeping).rejects.toMatchObject({ name: 'TimeoutError', message: '1000 ms have passed' });
    await clock.advance(1_000);
    await failed;
  });

  it('passes on the reason of the outer signal, also when that came first', () => {
    const clock = manualClock();
    const cancel = new AbortController();
    using before = deadline(clock, 1_000, cancel.signal);
    cancel.abort('SIGTERM');
    expect(before.signal.reason).toBe('SIGTERM');
    using after = deadline(clock, 1_000, cancel.signal);
    expect(after.signal.reason).toBe('SIGTERM');
    expect(after.passed).toBe(false);
  });

  it('that is over leaves no timer and no listener', async () => {
    const clock = manualClock();
    const { signal } = new AbortController();
    const end = deadline(clock, 1_000, signal);
    end[Symbol.dispose]();
    await clock.advance(2_000);
    expect(end.signal.aborted).toBe(false);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
