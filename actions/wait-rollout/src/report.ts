import { type Column, type Finding, formatDuration, type Report, type RowStatus } from '@delivery-actions/action-kit';
import { decidingRow, type Row } from './result.ts';

const COLUMNS: readonly Column<Row>[] = [
  { name: 'Workload', cell: ({ workload }) => workload },
  {
    name: 'Result',
    cell: ({ result, reason }) =>
      reason === '' || reason === 'Timeout' || reason === 'Deleted' ? result : `${result} (${reason})`,
  },
  { name: 'Revision', cell: ({ revision }) => (revision === '' ? '-' : `revision ${revision}`) },
  { name: 'Images', cell: ({ images }) => images.join('\n') || '-' },
  { name: 'Time', cell: ({ milliseconds }) => formatDuration(milliseconds), align: 'right' },
];

const STATUS: Readonly<Record<Row['result'], RowStatus>> = {
  healthy: 'passed',
  failed: 'failed',
  deleted: 'failed',
  timeout: 'failed',
  unfinished: 'skipped',
};

export function rolloutReport(rows: readonly Row[], findings: readonly Finding[], milliseconds: number): Report<Row> {
  return {
    heading: 'Rollout',
    rows,
    columns: COLUMNS,
    status: ({ result }) => STATUS[result],
    findings,
    verdict: verdictOf(rows, milliseconds),
  };
}

function verdictOf(rows: readonly Row[], milliseconds: number): Report<Row>['verdict'] {
  const healthy = rows.filter(({ result }) => result === 'healthy').length;
  const counted = `${healthy}/${rows.length} ${rows.length === 1 ? 'workload' : 'workloads'} rolled out`;
  const time = formatDuration(milliseconds);
  const worst = decidingRow(rows);
  if (worst === undefined || worst.result === 'healthy')
    return { passed: rows.length > 0, text: `${counted} in ${time}` };
  const end = {
    deleted: 'was deleted',
    timeout: 'timed out',
    unfinished: 'is unfinished',
    failed: `failed (${worst.reason})`,
  };
  return { passed: false, text: `${counted}: ${worst.workload} ${end[worst.result]} after ${time}` };
}
