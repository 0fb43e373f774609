import { deliver, type Line } from './delivery.ts';
import type { Series } from './metrics.ts';

/** Datadog's limit for one request (docs.datadoghq.com, Submit metrics, API v2). */
const MOST_BYTES = 512_000;
/** A count without an interval is shown as if it covered no time; ten seconds are Datadog's own interval. */
const COUNT_INTERVAL = 10;
const TYPES = { count: 1, gauge: 3 } as const;

/**
 * Sends the series to `POST /api/v2/series`, in as many requests as their size needs. `now` is milliseconds since 1970: a
 * point with the time of its job would be dropped without a word once that is an hour ago. Throws NotDelivered.
 */
export async function sendSeries(
  series: readonly Series[],
  { url, key, now }: { readonly url: URL; readonly key: string; readonly now: number },
  line: Line,
): Promise<void> {
  const target = new URL(`${url.pathname.replace(/\/$/, '')}/api/v2/series`, url);
  for (const batch of batches(series.map((each) => JSON.stringify(body(each, Math.floor(now / 1_000))))))
    await deliver(
      {
        url: target,
        headers: { 'dd-api-key': key },
        body: `{"series":[${batch.join(',')}]}`,
        tries: 4,
        firstPause: 500,
      },
      line,
    );
}

function body({ metric, type, value, tags }: Series, timestamp: number): object {
  return {
    metric,
    type: TYPES[type],
    points: [{ timestamp, value }],
    tags,
    ...(type === 'count' ? { interval: COUNT_INTERVAL } : { unit: 'second' }),
  };
}

function batches(parts: readonly string[]): string[][] {
  const result: string[][] = [[]];
  let size = 0;
  for (const part of parts) {
    const bytes = Buffer.byteLength(part) + 1;
    if (size + bytes > MOST_BYTES - 100) {
      result.push([]);
      size = 0;
    }
    result.at(-1)?.push(part);
    size += bytes;
  }
  return result.filter((batch) => batch.length > 0);
}
