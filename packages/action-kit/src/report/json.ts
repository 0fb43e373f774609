import type { Report } from './report.ts';

/**
 * The report for the next step: `{ passed, verdict, rows: [{ ...row, status }], findings }`. `status` is the report's own,
 * as on the other faces. `redact` is applied to each text, so that what comes out is still JSON.
 */
export function reportJson<Row extends object>(report: Report<Row>, redact: (text: string) => string): string {
  return JSON.stringify(
    {
      passed: report.verdict.passed,
      verdict: report.verdict.text,
      rows: report.rows.map((row) => ({ ...row, status: report.status(row) })),
      findings: report.findings,
    },
    (_, value: unknown) => (typeof value === 'string' ? redact(value) : value),
  );
}
