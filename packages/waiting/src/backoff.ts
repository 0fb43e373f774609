/**
 * Endless waits in milliseconds that grow from `first` to `most`, each drawn evenly from zero to the present bound, so
 * that many clients do not come back at the same moment ("full jitter", AWS Architecture Blog, Exponential Backoff).
 */
export function* backoff({
  first = 250,
  most = 10_000,
  factor = 2,
  random = Math.random,
} = {}): Generator<number, never> {
  for (let bound = first; ; bound = Math.min(most, bound * factor)) yield random() * bound;
}
