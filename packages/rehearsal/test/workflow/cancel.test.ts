import { describe, expect, it } from 'vitest';
import type { ResolvedAction, WorkflowEvent } from '../../src/workflow/index.ts';
import { action, run, type Setup } from './harness.ts';

const WAITING = `process.on('SIGINT', () => { console.log('interrupted'); process.exit(1); });
setInterval(() => {}, 1000);
console.log('ready');`;

/** Runs jobs that are cancelled as soon as a step has printed "ready". */
async function cancelledRun(jobs: string, setup: Setup = {}) {
  const control = new AbortController();
  const listener = (event: WorkflowEvent) => {
    if (event.type === 'step-log' && event.line === 'ready') control.abort();
  };
  const actions = { 'org/waiting@v1': action(WAITING, { runs: '  post: post.mjs\n' }), ...setup.actions };
  for (const files of Object.values(actions)) {
    if (!('kind' in files)) Object.assign(files, { 'post.mjs': `console.log('post')` });
  }
  return run(jobs, { ...setup, actions, signal: control.signal, listener });
}

describe('a cancelled run', () => {
  it('interrupts the step, runs what is for cancelled() and always(), cleans up, and skips the rest', async () => {
    const ran = await cancelledRun(`
  work:
    runs-on: ubuntu-24.04
    steps:
      - { id: waiting, uses: org/waiting@v1 }
      - { id: plain, run: echo plain }
      - { id: failed, if: failure(), run: echo failed }
      - { id: cancelled, if: cancelled(), run: 'echo "\${{ job.status }}"' }
      - { id: always, if: always(), run: 'echo "\${{ steps.waiting.outcome }}"' }
  after:
    needs: work
    runs-on: ubuntu-24.04
    steps: [{ run: echo after }]
  verdict:
    needs: work
    if: always()
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "verdict \${{ needs.work.result }}"' }]
`);
    const steps = Object.fromEntries(ran.job('work').steps.map(({ name, id, conclusion }) => [id ?? name, conclusion]));
    expect(ran.job('work').steps.map(({ phase, conclusion }) => `${phase} ${conclusion}`)).toEqual([
      'main cancelled',
      'main skipped',
      'main skipped',
      'main success',
      'main success',
      'post success',
    ]);
    expect(steps.plain).toBe('skipped');
    expect(ran.log.split('\n')).toEqual([
      'ready',
      'interrupted',
      '##[error]The operation was canceled.',
      'cancelled',
      'cancelled',
      'post',
      'verdict cancelled',
    ]);
    expect(ran.jobs.map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'skipped', 'success']);
    expect(ran.job('after').reason).toBe('the run was cancelled');
    expect(ran.conclusion).toBe('cancelled');
  });

  it('lets a step and a job go on whose condition is always()', async () => {
    const listening = action(`process.on('SIGINT', () => console.log('interrupted'));
      console.log('ready');
      setImmediate(() => setImmediate(() => console.log('done')));`);
    const actions = { 'org/listening@v1': listening };
    const step = await cancelledRun(
      `
  work:
    runs-on: ubuntu-24.04
    steps:
      - { if: always(), uses: org/listening@v1 }
      - run: echo not reached
`,
      { actions },
    );
    expect(step.log).toBe('ready\ndone');
    expect(step.job('work').conclusion).toBe('cancelled');
    const job = await cancelledRun(
      `
  work:
    if: always()
    runs-on: ubuntu-24.04
    steps:
      - uses: org/listening@v1
      - run: echo reached
`,
      { actions },
    );
    expect(job.log).toBe('ready\ndone\nreached');
    expect(job.conclusion).toBe('success');
  });

  it('does not wait for a substitute that does not listen', async () => {
    const deaf: ResolvedAction = {
      kind: 'substitute',
      name: 'deaf',
      run: ({ log }) => {
        log('ready');
        return new Promise(() => {});
      },
    };
    const ran = await cancelledRun('  a:\n    runs-on: x\n    steps: [{ uses: org/deaf@v1 }]\n', {
      actions: { 'org/deaf@v1': deaf },
    });
    expect(ran.log).toBe('ready\n##[error]The operation was canceled.');
    expect(ran.conclusion).toBe('cancelled');
  });

  it('before it has started runs nothing', async () => {
    const control = new AbortController();
    control.abort();
    const ran = await run('  a:\n    runs-on: x\n    steps: [{ run: echo a }]\n', { signal: control.signal });
    expect(ran.job('a').steps).toEqual([]);
    expect(ran.job('a').conclusion).toBe('skipped');
  });

  it('cancels the jobs that wait for a slot', async () => {
    const ran = await cancelledRun(
      `
  a:
    runs-on: x
    steps: [{ uses: org/waiting@v1 }]
  b:
    runs-on: x
    steps: [{ run: echo b }]
`,
      { maxParallel: 1 },
    );
    expect(ran.jobs.map(({ conclusion, reason }) => [conclusion, reason])).toEqual([
      ['cancelled', undefined],
      ['cancelled', 'the run was cancelled'],
    ]);
  });
});

describe('a time limit', () => {
  it('however long is no reason to end at once', async () => {
    const ran = await run(
      '  a:\n    runs-on: x\n    timeout-minutes: 999999999\n    steps: [{ run: echo a, timeout-minutes: 999999999 }]\n',
    );
    expect(ran.log).toBe('a');
    expect(ran.conclusion).toBe('success');
  });

  it('of a step fails the step', async () => {
    const ran = await cancelledRun(`
  work:
    runs-on: ubuntu-24.04
    steps:
      - { name: Slow, run: 'trap "exit 1" INT; while :; do sleep 1000; done', timeout-minutes: 0.002 }
      - { if: failure(), run: echo failed }
`);
    expect(ran.job('work').steps.map(({ conclusion }) => conclusion)).toEqual(['failure', 'success']);
    expect(ran.log).toBe("##[error]The action 'Slow' has timed out after 0.002 minutes.\nfailed");
    expect(ran.conclusion).toBe('failure');
  });

  it('of a job cancels the job, and says so', async () => {
    const ran = await cancelledRun(`
  work:
    runs-on: ubuntu-24.04
    timeout-minutes: 0.002
    steps:
      - run: 'trap "exit 1" INT; while :; do sleep 1000; done'
      - { if: always(), run: echo always }
`);
    expect(ran.job('work').conclusion).toBe('cancelled');
    expect(ran.job('work').reason).toBe('The job has exceeded the maximum execution time of 0.002 minutes.');
    expect(ran.job('work').steps.at(-1)?.log).toEqual(['always']);
    expect(ran.conclusion).toBe('cancelled');
  });
});
