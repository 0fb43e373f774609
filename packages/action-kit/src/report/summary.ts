import { type FindingLevel, findingText } from './finding.ts';
import type { Report, RowStatus } from './report.ts';

const ROW_SIGN: Record<RowStatus, string> = { passed: '✅', warning: '⚠️', failed: '❌', skipped: '⏭️' };
const FINDING_SIGN: Record<FindingLevel, string> = { error: '❌', warning: '⚠️', notice: 'ℹ️' };

/** The report as GitHub-flavoured Markdown for the job summary. */
export function summaryMarkdown<Row extends object>(report: Report<Row>): string {
  const parts = [
    `### ${report.verdict.passed ? '✅' : '❌'} ${oneLine(report.heading)}: ${oneLine(report.verdict.text)}`,
  ];
  if (report.rows.length > 0) parts.push(table(report));
  if (report.picture !== undefined) parts.push(report.picture);
  if (report.findings.length > 0) {
    parts.push(
      report.findings
        .map((finding) => `- ${FINDING_SIGN[finding.level]} ${withBlanks(escapeMarkdown(findingText(finding)))}`)
        .join('\n'),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function table<Row extends object>({ rows, columns, status }: Report<Row>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...columns.map((column) => escapeMarkdown(column.name))]),
    line(['---', ...columns.map((column) => (column.align === 'right' ? '---:' : '---'))]),
    ...rows.map((row) =>
      line([
        ROW_SIGN[status(row)],
        ...columns.map((column) => escapeMarkdown(column.cell(row)).replaceAll('\n', '<br>')),
      ]),
    ),
  ].join('\n');
}

/**
 * HTML drops the blanks at the beginning of a line, which YAML cannot do without: a next step that has some is preformatted.
 * Its lines stay in the one line of the list that they belong to.
 */
function withBlanks(text: string): string {
  if (!/\nNext: [\s\S]*\n /.test(text)) return text.replaceAll('\n', '<br>');
  const [before = '', ...code] = text.split(/(?<=\nNext: [^\n]*)\n/);
  return `${before.replaceAll('\n', '<br>')}<pre>${code.join('\n').replaceAll('\n', '&#10;')}</pre>`;
}

function oneLine(text: string): string {
  return escapeMarkdown(text).replaceAll('\n', ' ');
}

/**
 * Cells hold text from outside (branch names, response bodies): none of it may become Markdown or HTML. What a person
 * copies from the page must be what was said, so nothing invisible is put in.
 */
function escapeMarkdown(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}
