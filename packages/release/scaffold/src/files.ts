export interface FileRow {
  readonly path: string;
  readonly there: boolean;
}

export interface JudgedFiles {
  /** Sorted by path, each path once. */
  readonly rows: readonly FileRow[];
  readonly missing: readonly string[];
}

/** The domain: plain data in, plain data out; no environment, no clock, nothing printed. */
export function judgeFiles(wanted: readonly string[], present: ReadonlySet<string>): JudgedFiles {
  const rows = [...new Set(wanted)].sort().map((path) => ({ path, there: present.has(path) }));
  return { rows, missing: rows.filter(({ there }) => !there).map(({ path }) => path) };
}
