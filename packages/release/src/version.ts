/** `X.Y.Z`, at least 1.0.0: what is before has no major tag that means something. */
const VERSION = /^[1-9]\d*\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;

export function isVersion(text: unknown): text is string {
  return typeof text === 'string' && VERSION.test(text);
}

/** `v1` for `v1.2.3`. */
export function majorTagOf(tag: string): string {
  return tag.slice(0, tag.indexOf('.'));
}

/** Below zero when the first of two tags such as `v1.2.3` is the older version. */
export function compareTags(left: string, right: string): number {
  const [a, b] = [left, right].map((tag) => tag.slice(1).split('.').map(Number));
  return [0, 1, 2].map((index) => (a?.[index] ?? 0) - (b?.[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** Tags such as `v1.2.3`, oldest first; all others are left out. */
export function releaseTags(tags: Iterable<string>): string[] {
  return [...tags].filter((tag) => tag.startsWith('v') && isVersion(tag.slice(1))).sort(compareTags);
}
