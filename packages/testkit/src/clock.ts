import type { Clock } from '@delivery-actions/waiting';

export interface ManualClock extends Clock {
  /** Lets that much time pass: everything that falls due is called, in order, each at its own moment. */
  advance(milliseconds: number): Promise<void>;
}

/**
 * A clock that stands still until it is told. With `idle: 'skip'`, time jumps to the next timer as soon as nothing else
 * is left to do, so code that waits an hour is tested in no time.
 */
export function manualClock({ now = Date.UTC(2026, 0, 15, 12), idle = 'wait' as 'wait' | 'skip' } = {}): ManualClock {
  let time = now;
  let timers: { at: number; callback: () => void }[] = [];
  let skipping = false;

  function fireNext(until: number): boolean {
    const next = timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
    if (next === undefined) return false;
    timers = timers.filter((timer) => timer !== next);
    time = Math.max(time, next.at);
    next.callback();
    return true;
  }

  function skipWhenIdle(): void {
    if (idle !== 'skip' || skipping) return;
    skipping = true;
    setImmediate(() => {
      skipping = false;
      if (fireNext(Number.POSITIVE_INFINITY)) skipWhenIdle();
    });
  }

  return {
    now: () => time,
    after(milliseconds, callback) {
      const timer = { at: time + milliseconds, callback };
      timers.push(timer);
      skipWhenIdle();
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(milliseconds) {
      const end = time + milliseconds;
      do await settled();
      while (fireNext(end));
      time = end;
      await settled();
    },
  };
}

/** Everything that was ready to run has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
