const ANNOUNCE_AFTER = 1_000;

/** Does a step of the build. A quick one is silent; one that takes over a second says what it is and then how long it took. */
export async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  let announced = false;
  const timer = setTimeout(() => {
    announced = true;
    console.log(`build: ${what} ...`);
  }, ANNOUNCE_AFTER);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    if (announced) console.log(`build: ${what} took ${((performance.now() - start) / 1_000).toFixed(1)}s`);
  }
}

/** Runs the work for every item, at most `most` at a time. The first failure stops what has not begun. */
export async function atMost<Item>(
  most: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: most }, worker));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
