import type { Report } from './report.ts';

/** The report for the next step: `{ passed, verdict, rows: [{ status, ...row }], findings }`. */
export function reportJson<Row extends object>(report: Report<Row>): string {
  return JSON.stringify({
    passed: report.verdict.passed,
    verdict: report.verdict.text,
    rows: report.rows.map((row) => ({ status: report.status(row), ...row })),
    findings: report.findings,
  });
}
