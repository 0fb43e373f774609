import type { Report } from './report.ts';

/** One line for each row, columns aligned, two blanks between them. The verdict is printed apart, last. */
export function logLines<Row extends object>(report: Report<Row>): string[] {
  const columns = report.columns.filter(({ only }) => only !== 'summary');
  const cells = report.rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const widths = columns.map((_, index) => Math.max(0, ...cells.map((line) => width(line[index] ?? ''))));
  return cells.map((line) =>
    line
      .map((cell, index) => {
        const blanks = ' '.repeat((widths[index] ?? 0) - width(cell));
        return columns[index]?.align === 'right' ? blanks + cell : cell + blanks;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Counts what a reader sees as one character, so that an accent does not shift a column. */
function width(text: string): number {
  // A segmenter takes 7 ms to make, and most text does not need one.
  return /^[\x20-\x7e]*$/.test(text) ? text.length : [...new Intl.Segmenter().segment(text)].length;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
