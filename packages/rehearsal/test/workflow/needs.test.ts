import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResolvedAction } from '../../src/workflow/index.ts';
import { type Ran, run } from './harness.ts';

const ok: ResolvedAction = { kind: 'substitute', name: 'ok', run: async () => ({}) };
const bad: ResolvedAction = {
  kind: 'substitute',
  name: 'bad',
  run: async () => {
    throw new Error('it is broken');
  },
};
const actions = { 'org/ok@v1': ok, 'org/bad@v1': bad };

/** A job of one step; the rest of it as YAML, `;` between the keys. */
function job(id: string, keys = '', uses = 'org/ok@v1'): string {
  const lines = ['runs-on: ubuntu-24.04', ...keys.split(';').map((key) => key.trim())].filter((line) => line !== '');
  return `  ${id}:\n${lines.map((line) => `    ${line}\n`).join('')}    steps:\n      - uses: ${uses}\n`;
}

function conclusions(ran: Ran): Readonly<Record<string, string>> {
  return Object.fromEntries(ran.jobs.map(({ id, conclusion }) => [id, conclusion]));
}

describe('needs', () => {
  it('W01 one skipped ancestor skips everything below it, though an always() job between them succeeded', async () => {
    const ran = await run(
      job('gate', 'if: false') +
        job('build', 'needs: gate; if: always()') +
        job('deploy', 'needs: build') +
        job('after', 'needs: deploy'),
      { actions },
    );
    expect(conclusions(ran)).toEqual({ gate: 'skipped', build: 'success', deploy: 'skipped', after: 'skipped' });
    // This is the trap: nothing is red.
    expect(ran.conclusion).toBe('success');
    expect(ran.job('deploy').reason).toBe(
      'its condition is false, and not every job above the ones it needs succeeded (gate: skipped)',
    );
    expect(ran.job('after').reason).toBe(
      'its condition is false, and not every job before it succeeded (deploy: skipped, gate: skipped)',
    );
  });

  it('W01 the condition written out runs the deployment all the same', async () => {
    const ran = await run(
      job('gate', 'if: false') +
        job('build', 'needs: gate; if: always()') +
        job('deploy', "needs: build; if: ${{ !cancelled() && needs.build.result == 'success' }}") +
        job('verdict', 'needs: [gate, deploy]; if: always()'),
      { actions },
    );
    expect(conclusions(ran)).toEqual({ gate: 'skipped', build: 'success', deploy: 'success', verdict: 'success' });
  });

  it('any plain job runs if and only if all of its ancestors succeeded', async () => {
    const kind = fc.constantFrom('ok', 'bad', 'off', 'always');
    const node = fc.record({ kind, needs: fc.array(fc.nat(6), { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(node, { minLength: 2, maxLength: 7 }), async (nodes) => {
        const needs = nodes.map((each, index) => [...new Set(each.needs.filter((need) => need < index))]);
        const text = nodes.map(({ kind: does }, index) => {
          const list = `needs: [${needs[index]?.map((need) => `j${need}`)}]`;
          const condition = does === 'off' ? '; if: false' : does === 'always' ? '; if: always()' : '';
          return job(`j${index}`, list + condition, does === 'bad' ? 'org/bad@v1' : 'org/ok@v1');
        });
        const ran = await run(text.join(''), { actions });

        const expected: string[] = [];
        const allAbove = (index: number): number[] => (needs[index] ?? []).flatMap((need) => [need, ...allAbove(need)]);
        nodes.forEach(({ kind: does }, index) => {
          const runs =
            does === 'always' || (does !== 'off' && allAbove(index).every((up) => expected[up] === 'success'));
          expected.push(!runs ? 'skipped' : does === 'bad' ? 'failure' : 'success');
        });
        expect(ran.jobs.map(({ conclusion }) => conclusion)).toEqual(expected);
        expect(ran.conclusion).toBe(expected.includes('failure') ? 'failure' : 'success');
      }),
      { numRuns: 40 },
    );
  });

  it('failure() sees a failure anywhere above, and the jobs that are named', async () => {
    const ran = await run(
      job('a', '', 'org/bad@v1') +
        job('b', 'needs: a; if: always()') +
        job('cleanup', 'needs: b; if: failure()') +
        job('named', "needs: [a, b]; if: always() && failure('a') && !failure('b') && success('b')"),
      { actions },
    );
    expect(conclusions(ran)).toEqual({ a: 'failure', b: 'success', cleanup: 'success', named: 'success' });
    expect(ran.conclusion).toBe('failure');
  });

  it('a job that may fail counts as success for the jobs after it and for the run', async () => {
    const ran = await run(job('flaky', 'continue-on-error: true', 'org/bad@v1') + job('next', 'needs: flaky'), {
      actions,
    });
    expect(conclusions(ran)).toEqual({ flaky: 'failure', next: 'success' });
    expect(ran.conclusion).toBe('success');
  });

  it('jobs that do not need each other run at the same time, unless there is but one slot', async () => {
    const most = async (maxParallel?: number) => {
      let now = 0;
      let peak = 0;
      const meet: ResolvedAction = {
        kind: 'substitute',
        name: 'meet',
        run: async () => {
          now += 1;
          peak = Math.max(peak, now);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
          return {};
        },
      };
      const jobs = job('a', '', 'org/meet@v1') + job('b', '', 'org/meet@v1');
      await run(jobs, { actions: { 'org/meet@v1': meet }, ...(maxParallel && { maxParallel }) });
      return peak;
    };
    expect(await most(1)).toBe(1);
    let both = 0;
    const arrive: (() => void)[] = [];
    const barrier: ResolvedAction = {
      kind: 'substitute',
      name: 'barrier',
      // Ends only if the other one has started as well.
      run: () =>
        new Promise((resolve) => {
          arrive.push(() => resolve({}));
          both += 1;
          if (both === 2) for (const each of arrive) each();
        }),
    };
    const ran = await run(job('a', '', 'org/barrier@v1') + job('b', '', 'org/barrier@v1'), {
      actions: { 'org/barrier@v1': barrier },
    });
    expect(ran.conclusion).toBe('success');
  });

  it('tells what happened in order, and a skipped job with its reason', async () => {
    const ran = await run(job('a') + job('b', 'needs: a; if: false'), { actions });
    expect(ran.events.map(({ type, job: { id } }) => `${type} ${id}`)).toEqual([
      'job-started a',
      'step-started a',
      'step-finished a',
      'job-finished a',
      'job-skipped b',
    ]);
    expect(ran.job('b').reason).toBe('its condition is false');
  });

  it('a condition that cannot be evaluated fails the job and says where', async () => {
    const ran = await run(job('a', "if: fromJSON('{')"), { actions });
    expect(ran.job('a').conclusion).toBe('failure');
    expect(ran.job('a').reason).toMatch(/w\.yml:6:9: /);
    expect(ran.conclusion).toBe('failure');
  });
});
