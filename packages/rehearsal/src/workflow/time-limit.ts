/** A limit in minutes as milliseconds for a timer, which takes no more than 24 days. */
export function timeLimit(minutes: number): number {
  return Math.min(Math.ceil(minutes * 60_000), 2 ** 31 - 1);
}
