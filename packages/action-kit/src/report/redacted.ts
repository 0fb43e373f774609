import type { Finding } from './finding.ts';
import type { Report } from './report.ts';

type Redact = (text: string) => string;

/**
 * The report as every face may show it. Redacted before anything is escaped or put on one line: `a_b` is `a\_b` in
 * Markdown, and a secret that no longer looks like itself would pass.
 */
export function redactedReport<Row extends object>(report: Report<Row>, redact: Redact): Report<Row> {
  return {
    ...report,
    heading: redact(report.heading),
    columns: report.columns.map((column) => ({ ...column, cell: (row) => redact(column.cell(row)) })),
    findings: report.findings.map((finding) => redactedFinding(finding, redact)),
    verdict: { ...report.verdict, text: redact(report.verdict.text) },
    ...(report.picture === undefined ? {} : { picture: redact(report.picture) }),
  };
}

export function redactedFinding(finding: Finding, redact: Redact): Finding {
  const { message, hint, title, file } = finding;
  return {
    ...finding,

    message: redact(message),
    ...(hint === undefined ? {} : { hint: redact(hint) }),
    ...(title === undefined ? {} : { title: redact(title) }),
    ...(file === undefined ? {} : { file: redact(file) }),
  };
}
