import type { Clock } from './clock.ts';

/** One end for everything that is done under it, however many things those are. */
export interface Deadline extends Disposable {
  /** Milliseconds left, never negative. */
  remaining(): number;
  /** Milliseconds since the deadline was set. */
  elapsed(): number;
  readonly passed: boolean;
  /** Aborted when time is up, or when the outer signal is. */
  readonly signal: AbortSignal;
}

export function deadline(clock: Clock, milliseconds: number, outer?: AbortSignal): Deadline {
  const start = clock.now();
  const controller = new AbortController();
  const stop = () => controller.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  const cancel = clock.after(milliseconds, () =>
    controller.abort(new DOMException(`${milliseconds} ms have passed`, 'TimeoutError')),
  );
  return {
    remaining: () => Math.max(0, start + milliseconds - clock.now()),
    elapsed: () => clock.now() - start,
    get passed() {
      return clock.now() >= start + milliseconds;
    },
    signal: controller.signal,
    [Symbol.dispose]() {
      cancel();
      outer?.removeEventListener('abort', stop);
    },
  };
}
