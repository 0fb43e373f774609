export type FindingLevel = 'error' | 'warning' | 'notice';

/** One root cause, written for the person who has to fix it: it becomes one annotation. */
export interface Finding {
  readonly level: FindingLevel;
  /** What happened and to which thing, with the likely cause. */
  readonly message: string;
  /** The next step: a command to run or the lines to change. */
  readonly hint?: string;
  readonly title?: string;
  /** Path relative to the workspace; `line` and `column` count from 1. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Message and next step as one text; every face of a report shows a finding this way. */
export function findingText(finding: Finding): string {
  return finding.hint === undefined ? finding.message : `${finding.message}\nNext: ${finding.hint}`;
}
