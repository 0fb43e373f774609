import type { Finding } from './finding.ts';

export type RowStatus = 'passed' | 'warning' | 'failed' | 'skipped';

export interface Column<Row> {
  /** Heading in the job summary; the log has no headings. */
  readonly name: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** Not in the log, whose lines have to fit a screen. */
  readonly only?: 'summary';
}

export interface Verdict {
  /** False fails the step. */
  readonly passed: boolean;
  /** The last line of the log, such as `3/3 smoke tests passed in 0.6s`. */
  readonly text: string;
}

/**
 * What an action found out. One source with four faces: aligned log lines, the job summary, annotations
 * and a JSON output. Rows are the data; columns say how a person sees them, so the faces cannot disagree.
 */
export interface Report<Row extends object> {
  /** Heading in the job summary. */
  readonly heading: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly status: (row: Row) => RowStatus;
  /** One for each root cause, not one for each row. */
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
  /** Markdown shown under the table of the summary, for example a Mermaid picture. */
  readonly picture?: string;
}
