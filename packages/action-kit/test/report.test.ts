import { openRun, type Report, type RowStatus } from '@delivery-actions/action-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordingRunner } from './recording-runner.ts';

interface Row {
  readonly name: string;
  readonly took: string;
  readonly ok: boolean;
}

const report = (rows: readonly Row[], extra: Partial<Report<Row>> = {}): Report<Row> => ({
  heading: 'Smoke tests',
  rows,
  columns: [
    { name: 'Test', cell: (row) => row.name },
    { name: 'Time', cell: (row) => row.took, align: 'right' },
  ],
  status: (row) => (row.ok ? 'passed' : 'failed'),
  findings: [],
  verdict: {
    passed: rows.every((row) => row.ok),
    text: `${rows.filter((row) => row.ok).length}/${rows.length} passed`,
  },
  ...extra,
});

async function shown(given: Report<Row>, secrets: readonly string[] = []) {
  const runner = recordingRunner();
  const run = openRun(runner, new AbortController().signal);
  for (const secret of secrets) run.mask(secret);
  const json = await run.report(given);
  return { ...runner, failed: runner.failed, json, summary: runner.summaries.join('') };
}

const rows = [
  { name: 'POST /orders', took: '143ms', ok: true },
  { name: 'GET', took: '67ms', ok: false },
];

describe('the report', () => {
  it('is aligned lines, then annotations, then the verdict as the last line', async () => {
    const { lines, annotations, failed } = await shown(
      report(rows, {
        findings: [{ level: 'error', message: 'GET answered 500.', hint: 'kubectl logs', title: 'GET' }],
      }),
    );
    expect(lines).toEqual(['POST /orders  143ms', 'GET            67ms', '1/2 passed']);
    expect(annotations.map(({ text }) => text)).toEqual(['GET answered 500.\nNext: kubectl logs']);
    expect(failed).toBe(true);
  });

  it('keeps the blanks of a next step in the summary, so that YAML can be copied from it', async () => {
    const hint = 'allow it:\nkind: Role\nrules:\n  - verbs: [get]';
    const { summary } = await shown(report([], { findings: [{ level: 'error', message: 'Denied\nhere.', hint }] }));
    expect(summary).toContain(
      '- ❌ Denied<br>here.<br>Next: allow it:<pre>kind: Role&#10;rules:&#10;  - verbs: \\[get\\]</pre>\n',
    );
  });

  it('has columns for the summary alone', async () => {
    const { lines, summary } = await shown({
      ...report(rows),
      columns: [
        { name: 'Test', cell: ({ name }) => name },
        { name: 'Time', cell: () => 'now', only: 'summary' },
      ],
    });
    expect(lines).toEqual(['POST /orders', 'GET', '1/2 passed']);
    expect(summary).toContain('| ✅ | POST /orders | now |');
  });

  it('is a table in the job summary, findings under it', async () => {
    const { summary } = await shown(
      report(rows, {
        findings: [{ level: 'error', message: 'GET answered 500.', hint: 'kubectl logs' }],
        picture: '```mermaid\npie\n```',
      }),
    );
    expect(summary).toBe(
      [
        '### ❌ Smoke tests: 1/2 passed',
        '',
        '|  | Test | Time |',
        '| --- | --- | ---: |',
        '| ✅ | POST /orders | 143ms |',
        '| ❌ | GET | 67ms |',
        '',
        '```mermaid\npie\n```',
        '',
        '- ❌ GET answered 500.<br>Next: kubectl logs',
        '',
      ].join('\n'),
    );
  });

  it('is JSON for the next step', async () => {
    const { json } = await shown(report(rows));
    expect(JSON.parse(json)).toEqual({
      passed: false,
      verdict: '1/2 passed',
      rows: [
        { name: 'POST /orders', took: '143ms', ok: true, status: 'passed' },
        { name: 'GET', took: '67ms', ok: false, status: 'failed' },
      ],
      findings: [],
    });
  });

  it('has its own status in the JSON, whatever a row calls status', async () => {
    const given = report([{ ...rows[0], status: 500 } as unknown as Row]);
    expect(JSON.parse((await shown(given)).json).rows[0].status).toBe('passed');
  });

  it('cannot say one thing on one face and another on the next', async () => {
    const row = fc.record({ name: fc.string({ minLength: 1 }), took: fc.string(), ok: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), fc.boolean(), async (given, passed) => {
        const { lines, summary, json, failed } = await shown(
          report(given, { verdict: { passed, text: 'the verdict' } }),
        );
        const data = JSON.parse(json) as { passed: boolean; verdict: string; rows: { status: RowStatus }[] };
        expect(failed).toBe(!passed);
        expect(data.passed).toBe(passed);
        expect(summary.startsWith(passed ? '### ✅' : '### ❌')).toBe(true);
        expect([lines.at(-1), data.verdict, lines.length]).toEqual(['the verdict', 'the verdict', given.length + 1]);
        const signs = [...summary.matchAll(/^\| (✅|❌) \|/gm)].map(([, sign]) =>
          sign === '✅' ? 'passed' : 'failed',
        );
        expect(signs).toEqual(given.map(({ ok }) => (ok ? 'passed' : 'failed')));
        expect(data.rows.map(({ status }) => status)).toEqual(signs);
      }),
    );
  });

  it('keeps a cell in its cell: no Markdown, no HTML, no new row', async () => {
    const { summary, lines } = await shown(
      report([{ name: 'a|b\n| x | <img src=x> [l](u) `c` @octocat *b*', took: 'one\r\ntwo\rthree', ok: true }]),
    );
    expect(summary.split('\n').filter((line) => line.startsWith('| ✅'))).toEqual([
      '| ✅ | a\\|b<br>\\| x \\| &lt;img src=x&gt; \\[l\\](u) \\`c\\` @octocat \\*b\\* | one<br>two<br>three |',
    ]);
    expect(lines[0]).toBe('a|b | x | <img src=x> [l](u) `c` @octocat *b*  one two three');
  });

  it('keeps the heading on one line', async () => {
    const { summary } = await shown(report([], { verdict: { passed: true, text: 'one\n# two' } }));
    expect(summary).toBe('### ✅ Smoke tests: one # two\n');
  });

  it('aligns what a reader sees, not what is counted in bytes', async () => {
    const { lines } = await shown(
      report([
        { name: 'Zürich', took: '1s', ok: true },
        { name: 'e\u0301te\u0301', took: '1s', ok: true },
      ]),
    );
    expect(lines.slice(0, 2)).toEqual(['Zürich  1s', 'e\u0301te\u0301     1s']);
  });

  it('shows a secret on none of its faces, however they escape it', async () => {
    for (const secret of ['my_secret_*1*', 'a"quoted\\secret', '<b>&amp;</b>', 'line one\nno\nline three', 'p|pe']) {
      const { lines, summary, annotations, json } = await shown(
        report([{ name: `is ${secret}`, took: secret, ok: true }], {
          heading: secret,
          findings: [{ level: 'warning', message: secret, hint: secret, title: secret, file: secret }],
          verdict: { passed: true, text: secret },
          picture: secret,
        }),
        [secret],
      );
      expect(lines).toEqual(['is ***  ***', '***']);
      expect(annotations).toEqual([
        {
          finding: { level: 'warning', message: '***', hint: '***', title: '***', file: '***' },
          text: '***\nNext: ***',
        },
      ]);
      expect(summary).toContain('| ✅ | is \\*\\*\\* | \\*\\*\\* |');
      expect(JSON.parse(json)).toMatchObject({ verdict: '***', rows: [{ name: 'is ***', took: '***' }] });
    }
  });

  it('JSON stays JSON whatever the secrets are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.string(), async (secret, name) => {
        const { json } = await shown(report([{ name, took: secret, ok: true }]), [secret]);
        expect(JSON.parse(json).rows).toHaveLength(1);
      }),
    );
  });

  it('stands although the summary cannot be written', async () => {
    const runner = recordingRunner();
    runner.summary = () => Promise.reject(new Error('EACCES'));
    await openRun(runner, new AbortController().signal).report(report(rows));
    expect(runner.failed).toBe(true);
    expect(runner.lines.at(-1)).toBe('1/2 passed');
    expect(runner.annotations.map(({ text }) => text)).toEqual(['The job summary could not be written: Error: EACCES']);
  });
});
