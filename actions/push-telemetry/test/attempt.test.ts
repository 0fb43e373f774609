import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptTiming, type Job } from '../src/attempt.ts';
import { ms, toldJob, workflowRun } from './events.ts';

const run = workflowRun({ startedAt: ms('11:50:00'), updatedAt: ms('11:59:00') });

describe('attemptTiming', () => {
  it('takes the queue from the first job to start, not from the first in the list', () => {
    const jobs = [toldJob('late', '11:51:00', '11:52:00'), toldJob('early', '11:50:07', '11:50:30')];
    expect(attemptTiming(run, jobs)).toMatchObject({ queueSeconds: 7, durationSeconds: 120, endedAt: ms('11:52:00') });
  });

  it('falls back to updated_at when no job of the attempt has an end', () => {
    expect(attemptTiming(run, [])).toEqual({
      ...{ durationSeconds: 540, queueSeconds: null, endedAt: ms('11:59:00'), jobs: [] },
    });
    const running = toldJob('running', '11:50:10', '11:50:10', { completedAt: null, conclusion: null });
    expect(attemptTiming(run, [running])).toMatchObject({
      ...{ durationSeconds: 540, queueSeconds: 10 },
      jobs: [{ conclusion: 'unknown', durationSeconds: null, queueSeconds: 0, carriedOver: false }],
    });
  });

  it('gives no times to a job that was skipped or never started', () => {
    const skipped = toldJob('skipped', '11:50:10', '11:50:09', { conclusion: 'skipped' });
    const cancelled = toldJob('cancelled', '11:50:10', '11:51:00', { conclusion: 'cancelled', startedAt: null });
    const { jobs, queueSeconds, durationSeconds } = attemptTiming(run, [skipped, cancelled]);
    expect(jobs).toMatchObject([
      { durationSeconds: null, queueSeconds: null },
      { durationSeconds: null, queueSeconds: null },
    ]);
    expect({ queueSeconds, durationSeconds }).toEqual({ queueSeconds: null, durationSeconds: 60 });
  });

  it('waits in the queue from the attempt on, though the job was created with the first attempt', () => {
    const job = toldJob('test', '11:50:20', '11:51:00', { createdAt: ms('09:00:00') });
    expect(attemptTiming(run, [job]).jobs[0]?.queueSeconds).toBe(20);
  });

  it('P02 is never negative, whatever the times are', () => {
    const time = fc.option(fc.integer({ min: ms('00:00:00'), max: ms('23:59:59') }));
    const job: fc.Arbitrary<Job> = fc.record({
      ...{ name: fc.constant('job'), conclusion: fc.option(fc.constantFrom('success', 'skipped', 'failure')) },
      ...{ createdAt: time, startedAt: time, completedAt: time },
    });
    fc.assert(
      fc.property(fc.array(job), (jobs) => {
        const timing = attemptTiming(run, jobs);
        const numbers = [timing, ...timing.jobs].flatMap(({ durationSeconds, queueSeconds }) => [
          durationSeconds,
          queueSeconds,
        ]);
        expect(numbers.filter((number) => number !== null && !(number >= 0))).toEqual([]);
        expect(timing.endedAt).toBeGreaterThanOrEqual(run.startedAt);
      }),
    );
  });
});
