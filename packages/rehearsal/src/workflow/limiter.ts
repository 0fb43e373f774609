/** Runs at most so many at a time, in the order of their calls. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

export function limiter(most: number | undefined): Limiter {
  let free = most ?? Number.POSITIVE_INFINITY;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
