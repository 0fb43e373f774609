import type { Report } from '@delivery-actions/action-kit';
import type { FileRow, JudgedFiles } from './files.ts';

/** The rows are the data; log, summary, annotations and JSON are made from them. */
export function filesReport({ rows, missing }: JudgedFiles): Report<FileRow> {
  return {
    heading: 'Files',
    rows,
    columns: [
      { name: 'File', cell: (row) => row.path },
      { name: 'State', cell: (row) => (row.there ? 'there' : 'missing') },
    ],
    status: (row) => (row.there ? 'passed' : 'failed'),
    findings: missing.map((path) => ({
      level: 'error',
      message: `${path} is not in the workspace.`,
      hint: 'check it out before this step, or correct the path',
    })),
    verdict: {
      // A gate that has looked at nothing has not passed.
      passed: rows.length > 0 && missing.length === 0,
      text: `${rows.length - missing.length}/${rows.length} files are there`,
    },
  };
}
