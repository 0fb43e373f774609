import { UserError } from '@delivery-actions/action-kit';

export type ReportFormat = 'json' | 'sarif' | 'junit';

/** Where the report goes, and in which form. */
export interface ReportPlace {
  /** Relative to the workspace. */
  readonly path: string;
  readonly format: ReportFormat;
}

/** By the end of the name, as code scanning and test reporters look for it. `.sarif.json` is SARIF as well. */
const ENDS: readonly (readonly [RegExp, ReportFormat])[] = [
  [/\.sarif(?:\.json)?$/i, 'sarif'],
  [/\.json$/i, 'json'],
  [/\.xml$/i, 'junit'],
];

/** Throws a UserError for a name that does not tell the format. */
export function parseReportPlace(path: string): ReportPlace {
  const format = ENDS.find(([end]) => end.test(path))?.[1];
  if (format !== undefined) return { path, format };
  const bare = path.replace(/(?<=[^/\\])\.[^./\\]*$|[/\\]+$/, '');
  throw new UserError(`"${path}" does not tell its format, which goes by the end of the name`, {
    hint: `write ${bare}.json, ${bare}.sarif (code scanning) or ${bare}.xml (JUnit)`,
  });
}
