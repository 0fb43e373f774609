import { describe, expect, it } from 'vitest';
import type { Job } from '../src/attempt.ts';
import type { GitHubRuns } from '../src/github-runs.ts';
import { readHistory } from '../src/history.ts';
import type { WorkflowRun } from '../src/workflow-run.ts';
import { ms, toldJob, workflowRun } from './events.ts';

const HOUR = { window: 3_600_000 };

/** GitHub with these attempts, one page a list, and what was asked of it. */
function github(
  pages: readonly (readonly WorkflowRun[])[],
  older: readonly WorkflowRun[] = [],
  jobs: readonly Job[] = [],
) {
  const asked: string[] = [];
  const runs: GitHubRuns = {
    async jobs({ id, attempt }) {
      asked.push(`jobs ${id}/${attempt}`);
      return jobs;
    },
    async attempt({ id, attempt }) {
      asked.push(`attempt ${id}/${attempt}`);
      return older.find((run) => run.id === id && run.attempt === attempt);
    },
    async *pages() {
      for (const page of pages) {
        asked.push('page');
        yield page;
      }
    },
  };
  return { runs, asked };
}

function failed(id: number, from: string, to: string, more: Partial<WorkflowRun> = {}): WorkflowRun {
  const times = { startedAt: ms(from), createdAt: ms(from), updatedAt: ms(to) };
  return workflowRun({ id, number: id, conclusion: 'failure', ...times, ...more });
}

const current = { run: failed(9, '11:50:00', '11:55:00'), endedAt: ms('11:55:00') };
const shown = (attempts: Awaited<ReturnType<typeof readHistory>>) =>
  attempts.map(({ run, endedAt }) => [run.id, run.attempt, new Date(endedAt).toISOString().slice(11, 19)]);

describe('readHistory', () => {
  it('P03 takes the end from the jobs where updated_at would put an old failure into the window', async () => {
    const { runs, asked } = github(
      [[failed(5, '10:00:00', '11:30:00')]],
      [],
      [toldJob('test', '10:00:00', '10:05:00')],
    );
    expect(await readHistory(current, runs, HOUR)).toEqual([]);
    expect(asked).toEqual(['page', 'jobs 5/1']);
  });

  it('asks nothing more of a run that lies within the window, or before it', async () => {
    const { runs, asked } = github([[failed(6, '11:00:00', '11:05:00'), failed(5, '10:00:00', '10:05:00')]]);
    expect(shown(await readHistory(current, runs, HOUR))).toEqual([[6, 1, '11:05:00']]);
    expect(asked).toEqual(['page']);
  });

  it('P06 reads the earlier attempts of a run until one started before the window', async () => {
    const again = { attempt: 3, conclusion: 'success' };
    const older = [
      failed(6, '11:20:00', '11:25:00', { attempt: 2 }),
      failed(6, '10:40:00', '11:20:00', { attempt: 1 }),
    ];
    const { runs, asked } = github([[failed(6, '11:30:00', '11:35:00', again)]], older, [
      toldJob('test', '10:40:00', '11:10:00'),
    ]);
    expect(shown(await readHistory(current, runs, HOUR))).toEqual([
      [6, 3, '11:35:00'],
      [6, 2, '11:25:00'],
      [6, 1, '11:10:00'],
    ]);
    expect(asked).toEqual(['page', 'attempt 6/2', 'attempt 6/1', 'jobs 6/1']);
  });

  it('goes on without an attempt that GitHub does not have any more', async () => {
    const { runs } = github([[failed(6, '11:30:00', '11:35:00', { attempt: 2 })]]);
    expect(shown(await readHistory(current, runs, HOUR))).toEqual([[6, 2, '11:35:00']]);
  });

  it('stops at the page whose runs were created too early to have ended within the window', async () => {
    const { runs, asked } = github([[failed(6, '11:00:00', '11:05:00')], [failed(5, '04:00:00', '04:01:00')], [], []]);
    await readHistory(current, runs, HOUR);
    expect(asked).toEqual(['page', 'page']);
  });

  it('a success reads on until the success before it', async () => {
    const success = { run: workflowRun({ id: 9 }), endedAt: ms('11:55:00') };
    const pages = [
      [failed(8, '08:00:00', '08:05:00')],
      [failed(7, '03:00:00', '03:05:00', { conclusion: 'success' })],
      [failed(6, '02:00:00', '02:05:00')],
    ];
    const { runs, asked } = github(pages);
    expect(shown(await readHistory(success, runs, HOUR)).map(([id]) => id)).toEqual([8, 7]);
    expect(asked).toEqual(['page', 'page']);
  });

  it('reads ten pages at most', async () => {
    const { runs, asked } = github(
      Array.from({ length: 20 }, (_, id) => [failed(100 + id, '11:00:00', '11:05:00', { branch: 'x' })]),
    );
    await readHistory(current, runs, HOUR);
    expect(asked).toHaveLength(10);
  });
});
