import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptTiming } from '../src/attempt.ts';
import { pipelineSeries } from '../src/metrics.ts';
import { toldJob, workflowRun } from './events.ts';

const names = { service: 'checkout-service', otherIds: [998_877_665_544] };

describe('pipelineSeries', () => {
  it('keeps one point of jobs with the same name: the longest', () => {
    const run = workflowRun();
    const jobs = [toldJob('test', '11:50:00', '11:51:00'), toldJob('test', '11:50:00', '11:52:30')];
    const { series } = pipelineSeries(run, attemptTiming(run, jobs), names);
    expect(series.filter(({ metric }) => metric === 'ci.pipeline.job.duration_seconds')).toMatchObject([
      { value: 150 },
    ]);
  });

  it('makes a tag of any text that Datadog takes as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (name, branch) => {
        const run = workflowRun({ branch, workflow: { id: 1, name, path: '' } });
        for (const { tags } of pipelineSeries(run, undefined, { service: name, otherIds: [] }).series)
          for (const tag of tags) {
            expect(tag).toMatch(/^(workflow|branch|service|conclusion):[\p{L}\p{N}_\-:./]+$/u);
            expect([...tag].length).toBeLessThanOrEqual(200);
          }
      }),
    );
  });

  it("P04 never sends the run's id or the commit, whatever the jobs are called", () => {
    const run = workflowRun();
    const mark = fc.constantFrom(String(run.id), '998877665544', run.commit, run.commit.slice(0, 12), 'x');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), mark, fc.string())), (parts) => {
        const jobs = parts.map((part) => toldJob(part.join(''), '11:50:00', '11:51:00'));
        const { series, refused } = pipelineSeries(run, attemptTiming(run, jobs), names);
        expect(JSON.stringify(series)).not.toMatch(/21487811823|998877665544|3370e22/);
        expect(refused.every(({ tag }) => /21487811823|998877665544|3370e22/.test(tag))).toBe(true);
      }),
    );
  });
});
