export interface Limit extends Disposable {
  /** Aborted with a TimeoutError when time is up, with the outer reason when one of the outer signals is. */
  readonly signal: AbortSignal;
  /** Milliseconds left, never negative. */
  remaining(): number;
  /** From now on only the outer signals end it. */
  stopTimer(): void;
}

/**
 * Time and outer signals as one signal. Made by hand and not of AbortSignal.timeout and AbortSignal.any, so that its
 * listeners and its timer are gone when the exchange is, however long the outer signals live.
 */
export function limit(milliseconds: number, ...outer: readonly (AbortSignal | undefined)[]): Limit {
  const controller = new AbortController();
  const end = performance.now() + milliseconds;
  const timer = setTimeout(
    () => controller.abort(new DOMException(`${milliseconds} ms have passed`, 'TimeoutError')),
    milliseconds,
  );
  const links = outer
    .filter((signal) => signal !== undefined)
    .map((signal) => ({ signal, stop: () => controller.abort(signal.reason) }));
  for (const { signal, stop } of links) {
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  }
  const dispose = () => {
    clearTimeout(timer);
    for (const { signal, stop } of links) signal.removeEventListener('abort', stop);
  };
  return {
    signal: controller.signal,
    remaining: () => Math.max(0, end - performance.now()),
    stopTimer: () => clearTimeout(timer),
    [Symbol.dispose]: dispose,
  };
}
