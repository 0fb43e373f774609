export interface ReceivedSeries {
  readonly metric: string;
  readonly type: 'unspecified' | 'count' | 'rate' | 'gauge';
  /** Seconds since 1970. */
  readonly points: readonly { readonly timestamp: number; readonly value: number }[];
  readonly tags: readonly string[];
  readonly interval?: number;
  readonly unit?: string;
}

/** By number, as API v2 has them. */
const TYPES = ['unspecified', 'count', 'rate', 'gauge'] as const;

/** Reads the body of `POST /api/v2/series`; answers what is wrong with it, in Datadog's way of one text for each fault. */
export function readSeries(body: unknown): { series: ReceivedSeries[]; errors: string[] } {
  const errors: string[] = [];
  const list = object(body)?.['series'];
  if (!Array.isArray(list)) return { series: [], errors: ['Payload is missing the field "series"'] };
  const series = list.map((each, index) => readOne(each, `series[${index}]`, errors));
  return { series, errors };
}

function readOne(given: unknown, where: string, errors: string[]): ReceivedSeries {
  const fault = (text: string) => errors.push(`${where}: ${text}`);
  const { metric, type = 0, points, tags = [], interval, unit, resources = [] } = object(given) ?? {};
  if (typeof metric !== 'string' || !/^[A-Za-z][A-Za-z0-9_.]{0,199}$/.test(metric))
    fault('metric is not a metric name');
  const name = typeof type === 'number' ? TYPES[type] : undefined;
  if (name === undefined) fault('type is not 0, 1, 2 or 3');
  if (!Array.isArray(points) || points.length === 0) fault('points is empty');
  const read = (Array.isArray(points) ? points : []).map((point) => {
    const { timestamp, value } = object(point) ?? {};
    if (typeof timestamp !== 'number' || !Number.isInteger(timestamp))
      fault('timestamp is not whole seconds since 1970');
    if (typeof value !== 'number') fault('value is not a number');
    return { timestamp: Number(timestamp), value: Number(value) };
  });
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string')) fault('tags is not a list of texts');
  if (interval !== undefined && !(Number.isInteger(interval) && Number(interval) > 0))
    fault('interval is not whole seconds');
  if (unit !== undefined && typeof unit !== 'string') fault('unit is not a text');
  if (!Array.isArray(resources)) fault('resources is not a list');
  return {
    metric: String(metric),
    type: name ?? 'unspecified',
    points: read,
    tags: Array.isArray(tags) ? tags.map(String) : [],
    ...(interval === undefined ? {} : { interval: Number(interval) }),
    ...(unit === undefined ? {} : { unit: String(unit) }),
  };
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
