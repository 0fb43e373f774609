import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dedupKey, resolveEvent, triggerEvent } from '../src/pagerduty.ts';
import { ms, workflowRun } from './events.ts';

const HOUR = { threshold: 3, window: 3_600_000 };

describe('the dedup key', () => {
  it('is the same for every run of a workflow on a branch', () => {
    const key = 'acme/checkout-service:.github/workflows/deliver.yml:main';
    expect(dedupKey(workflowRun())).toBe(key);
    expect(
      dedupKey(workflowRun({ id: 1, number: 99, attempt: 3, commit: 'f'.repeat(40), conclusion: 'failure' })),
    ).toBe(key);
    expect(resolveEvent(workflowRun())).toEqual({ event_action: 'resolve', dedup_key: key });
  });

  it('is another one for another branch, and 255 characters at most', () => {
    const branch = fc.string({ minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(branch, branch, (one, other) => {
        const [first, second] = [dedupKey(workflowRun({ branch: one })), dedupKey(workflowRun({ branch: other }))];
        expect(first === second).toBe(one === other);
        expect(first.length).toBeLessThanOrEqual(255);
      }),
    );
  });
});

describe('triggerEvent', () => {
  it('stays within the limits of the Events API, however much has failed', () => {
    const failures = Array.from({ length: 500 }, (_, number) => ({
      run: workflowRun({ number, conclusion: 'failure', workflow: { id: 1, name: 'w'.repeat(4_000), path: '' } }),
      endedAt: ms('11:55:00'),
    }));
    const [last] = failures.slice(-1);
    if (last === undefined) throw new Error('there is a last failure');
    const failedJobs = Array.from({ length: 500 }, () => 'j'.repeat(4_000));
    const event = triggerEvent(failures, last, { rule: HOUR, failedJobs });
    const { summary } = event['payload'] as { summary: string };
    expect(summary.length).toBeLessThanOrEqual(1_024);
    expect(JSON.stringify(event).length).toBeLessThan(50_000);
    expect(JSON.stringify(event)).toContain('"run":"#499"');
  });
});
