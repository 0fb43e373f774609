import { describe, expect, it } from 'vitest';
import { decideAlert, type EndedAttempt, windowText } from '../src/alert.ts';
import { ms, workflowRun } from './events.ts';

const HOUR = { threshold: 3, window: 3_600_000 };

function ended(number: number, end: string, conclusion = 'failure'): EndedAttempt {
  return { run: workflowRun({ id: number, number, conclusion }), endedAt: ms(end) };
}

describe('decideAlert', () => {
  it('P05 alerts with the third failure within the window, and with every one after it', () => {
    const history = [ended(1, '11:00:00'), ended(2, '11:30:00')];
    const third = ended(3, '12:00:00');
    expect(decideAlert(third, history, HOUR)).toMatchObject({ action: 'trigger', failures: [...history, third] });
    expect(decideAlert(ended(4, '12:10:00'), [ended(2, '11:30:00'), third], HOUR)).toMatchObject({ action: 'trigger' });
    expect(decideAlert(third, [ended(1, '10:59:59'), ended(2, '11:30:00')], HOUR)).toEqual({
      action: 'none',
      why: '2 of 3 failures',
    });
  });

  it('does not count a failure that ended later: that one asks for itself', () => {
    expect(decideAlert(ended(1, '11:00:00'), [ended(2, '11:10:00'), ended(3, '11:20:00')], HOUR)).toMatchObject({
      why: '1 of 3 failures',
    });
  });

  it('P15 a success knows of the alert that came before it, and of none that an earlier success resolved', () => {
    const failures = [ended(1, '09:00:00'), ended(2, '09:30:00'), ended(3, '09:50:00')];
    const success = ended(5, '12:00:00', 'success');
    expect(decideAlert(success, failures, HOUR)).toEqual({ action: 'resolve', open: true });
    expect(decideAlert(success, [...failures, ended(4, '10:00:00', 'success')], HOUR)).toEqual({
      action: 'resolve',
      open: false,
    });
    expect(decideAlert(success, failures.slice(1), HOUR)).toEqual({ action: 'resolve', open: false });
  });

  it('a success that is told late does not resolve the alert of newer failures', () => {
    const failures = [ended(6, '12:10:00'), ended(7, '12:20:00'), ended(8, '12:30:00')];
    expect(decideAlert(ended(5, '12:00:00', 'success'), failures, HOUR)).toEqual({
      action: 'none',
      why: '#8 has failed since',
    });
  });

  it.each(['cancelled', 'skipped', 'neutral', 'stale', 'action_required', 'unknown'])('%s is neither', (conclusion) => {
    expect(decideAlert(ended(1, '11:00:00', conclusion), [], { ...HOUR, threshold: 1 }).action).toBe('none');
  });
});

it.each([
  [3_600_000, '1h'],
  [1_800_000, '30m'],
  [5_400_000, '1h30m'],
  [90_000, '1m30s'],
  [36_000_000, '10h'],
])('windowText(%i) is %s', (window, text) => {
  expect(windowText({ window })).toBe(text);
});
