import { type Finding, formatDuration, type Report, type RowStatus } from '@delivery-actions/action-kit';
import type { HttpFailureKind, HttpTimings } from '@delivery-actions/http';
import type { SmokeTest } from './suite.ts';

export interface TestResult {
  readonly name?: string;
  readonly method: string;
  /** As it is written: `/api/v1/orders/{id}`. */
  readonly path: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly statusCode?: number;
  /** Of the last try, redirects included. */
  readonly milliseconds?: number;
  readonly timings?: HttpTimings;
  /** More than one only while the service was still starting. */
  readonly tries: number;
  /** Redirects that were followed, when they were to be followed. */
  readonly redirects?: number;
  readonly problems: readonly string[];
  /** Why the test did not run. */
  readonly why?: string;
  /** Set when there was no usable answer at all; then the only problem says why. */
  readonly failure?: HttpFailureKind;
  /** How the body of a failed test begins. */
  readonly bodyBegins?: string;
  /** The same request for a terminal, secrets as shell variables. */
  readonly reproduce?: string;
  readonly certificateEnds?: Date;
  readonly place: SmokeTest['place'];
}

interface Circumstances {
  /** Milliseconds since the first test began. */
  readonly elapsed: number;
  /** Milliseconds that everything may take. */
  readonly timeout: number;
  /** Whether they have passed. */
  readonly timedOut: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Host and port of base-url. */
  readonly host: string;
}

export const OUT_OF_TIME = 'the timeout passed before its turn';

const ROW_STATUS: Record<TestResult['outcome'], RowStatus> = { passed: 'passed', failed: 'failed', skipped: 'skipped' };

/** The results on the faces of a report: passed only if there are tests and every one of them passed. */
export function smokeReport(results: readonly TestResult[], circumstances: Circumstances): Report<TestResult> {
  const count = (outcome: TestResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  const method = Math.max(0, ...results.map((result) => result.method.length));
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
  const rest = [...(failed > 0 ? [`${failed} failed`] : []), ...(skipped > 0 ? [`${skipped} skipped`] : [])];
  return {
    heading: `Smoke tests of ${circumstances.host}`,
    rows: results,
    columns: [
      { name: 'Request', cell: (result) => `${result.method.padEnd(method)} ${result.path}` },
      {
        name: 'Status',
        cell: ({ statusCode }) => (statusCode === undefined ? '' : String(statusCode)),
        align: 'right',
      },
      {
        name: 'Time',
        cell: ({ milliseconds }) => (milliseconds === undefined ? '' : formatDuration(milliseconds)),
        align: 'right',
      },
      { name: 'Test', cell: remark },
    ],
    status: ({ outcome }) => ROW_STATUS[outcome],
    findings: [
      ...outOfTime(results, circumstances),
      ...failures(results),
      ...endingCertificates(results, circumstances),
    ],
    verdict: {
      passed: results.length > 0 && passed === results.length,
      text: `${[`${passed}/${results.length} smoke tests passed`, ...rest].join(', ')} in ${seconds(circumstances.elapsed)}`,
    },
  };
}

function remark({ name, outcome, problems, why, redirects }: TestResult): string {
  const [first, ...more] = problems;
  const state =
    outcome === 'skipped'
      ? `skipped: ${why}`
      : first !== undefined
        ? `FAILED: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`
        : redirects !== undefined
          ? `after ${redirects} redirect${redirects === 1 ? '' : 's'}`
          : undefined;
  return [name, state].filter((part) => part !== undefined).join(': ');
}

/** One finding for each root cause: tests that got no answer for the same reason are one. */
function failures(results: readonly TestResult[]): Finding[] {
  const groups = new Map<string, TestResult[]>();
  for (const [index, result] of results.entries()) {
    if (result.outcome !== 'failed') continue;
    const cause = result.failure === undefined ? `test ${index}` : result.problems.join();
    groups.set(cause, [...(groups.get(cause) ?? []), result]);
  }
  return [...groups.values()].map(failure);
}

function failure(group: readonly TestResult[]): Finding {
  const [first] = group as readonly [TestResult];
  const what =
    group.length === 1
      ? title(first)
      : `${group.length} tests (${group.map(({ method, path }) => `${method} ${path}`).join(', ')})`;
  const [problem = '', ...more] = first.problems;
  const text = more.length === 0 ? `${what}: ${problem}` : [`${what}:`, ...first.problems].join('\n- ');
  const tries = first.tries > 1 ? [`This was try ${first.tries} of the warm-up.`] : [];
  const body = first.bodyBegins === undefined ? [] : [`The body begins: ${first.bodyBegins}`];
  const hint = [...advice(first), ...(first.reproduce === undefined ? [] : [first.reproduce])].join('\n');
  return {
    level: 'error',
    title: 'Smoke test failed',
    message: [text, ...body, ...tries].join('\n'),
    ...(hint === '' ? {} : { hint }),
    ...(first.place.file === undefined ? {} : first.place),
  };
}

function title({ name, method, path }: TestResult): string {
  return name === undefined ? `${method} ${path}` : `${name} (${method} ${path})`;
}

function advice({ failure: kind, problems, statusCode }: TestResult): string[] {
  if (problems[0]?.startsWith('redirected to ')) {
    return [
      `if the redirect is meant, write "expect: {status: ${statusCode}}", or "follow-redirects: true"; to see it:`,
    ];
  }
  switch (kind) {
    case 'timeout':
      return ['a request may take 10s unless its test says more, such as "timeout: 30s"; to see it:'];
    case 'unknown-host':
      return ['is base-url right, and does the DNS of this runner know that name?'];
    case 'refused':
      return ['is base-url right, and is the service exposed there? A longer "warm-up" waits longer for it.'];
    case 'tls':
      return [
        'for a certificate of your own authority, set NODE_EXTRA_CA_CERTS under "env:" to the file of that authority',
      ];
    case 'proxy':
      return ['check HTTPS_PROXY, HTTP_PROXY and NO_PROXY of this runner'];
    default:
      return [];
  }
}

function outOfTime(results: readonly TestResult[], { timeout, timedOut }: Circumstances): Finding[] {
  const left = results.filter(({ why }) => why === OUT_OF_TIME).length;
  if (!timedOut || results.every(({ outcome }) => outcome === 'passed')) return [];
  return [
    {
      level: 'error',
      title: 'Smoke tests ran out of time',
      message: `The timeout of ${formatDuration(timeout)} passed before the tests were through; ${left} of ${results.length} did not run.`,
      hint: 'raise the input "timeout", or see below which test took the time',
    },
  ];
}

/** Renewal of a 90-day certificate is due 30 days before its end, of a 6-day one 3 days (Let's Encrypt): less is a fault. */
const CERTIFICATE_DAYS = 3;
const DAY = 86_400_000;

function endingCertificates(results: readonly TestResult[], { now, host }: Circumstances): Finding[] {
  const ends = results.flatMap(({ certificateEnds }) =>
    certificateEnds === undefined ? [] : [certificateEnds.getTime()],
  );
  const end = Math.min(...ends);
  if (end - now >= CERTIFICATE_DAYS * DAY || ends.length === 0) return [];
  return [
    {
      level: 'warning',
      title: 'Certificate ends soon',
      message: `The certificate of ${host} ends in ${Math.floor((end - now) / 3_600_000)} hours, at ${new Date(end).toISOString()}.`,
      hint: 'renew it now, and find out why it was not renewed by itself',
    },
  ];
}

/** `0.6s` says more of a whole run than `600ms`. */
function seconds(milliseconds: number): string {
  return milliseconds >= 100 && milliseconds < 1_000
    ? `${(milliseconds / 1_000).toFixed(1)}s`
    : formatDuration(milliseconds);
}
