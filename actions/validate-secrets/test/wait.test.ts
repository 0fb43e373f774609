import { manualClock } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import type { SecretCheck, SecretVerdict } from '../src/check.ts';
import { parseRequest } from '../src/request.ts';
import { askUntilThere } from '../src/wait.ts';

const MINUTE = 60_000;

/** Each secret with its verdicts, one for each round in which it is asked about; the last one stays. */
async function wait(
  secrets: Readonly<Record<string, readonly SecretVerdict[]>>,
  { optional = [] as readonly string[], failOn = 'missing' as const, waitFor = 5 * MINUTE } = {},
) {
  const clock = manualClock({ idle: 'skip' });
  const start = clock.now();
  const rounds: { at: number; ids: readonly string[]; again: boolean }[] = [];
  const told: string[] = [];
  const asked = new Map<string, number>();
  const requests = Object.keys(secrets).map((id) => parseRequest(optional.includes(id) ? `${id} ?` : id));
  const result = await askUntilThere(
    requests,
    async (some, again) => {
      rounds.push({ at: clock.now() - start, ids: some.map(({ id }) => id), again });
      return some.map(({ id, optional }): SecretCheck => {
        const count = asked.get(id) ?? 0;
        asked.set(id, count + 1);
        const verdict = secrets[id]?.[count] ?? secrets[id]?.at(-1) ?? 'EXISTS';
        return { id, store: 'aws', region: 'eu-west-1', optional, verdict };
      });
    },
    { waitFor, failOn, clock, signal: new AbortController().signal, tell: (line) => told.push(line) },
  );
  return { rounds, told, waited: result.waited, verdicts: result.checks.map(({ verdict }) => verdict) };
}

describe('waiting for secrets', () => {
  it('does not, when all are fine', async () => {
    const { rounds, told, waited } = await wait({ a: ['EXISTS'] });
    expect(rounds).toHaveLength(1);
    expect(told).toEqual([]);
    expect(waited).toBeUndefined();
  });

  it('asks again about those that are not there yet only, and tells changes only', async () => {
    const { rounds, told, verdicts } = await wait({
      a: ['EXISTS'],
      b: ['MISSING', 'MISSING', 'NO-VALUE', 'NO-VALUE', 'EXISTS'],
      c: ['NOT-SYNCED', 'EXISTS'],
    });
    expect(verdicts).toEqual(['EXISTS', 'EXISTS', 'EXISTS']);
    expect(rounds.map(({ ids, again }) => [ids.join(), again])).toEqual([
      ['a,b,c', false],
      ['b,c', true],
      ['b', true],
      ['b', true],
      ['b', true],
    ]);
    expect(told.map((line) => line.replace(/[\d.]+s$/, 'Ns'))).toEqual([
      'Waiting up to 5m00s for b [MISSING], c [NOT-SYNCED]',
      'c is [EXISTS] after Ns',
      'b is [NO-VALUE] after Ns',
      'b is [EXISTS] after Ns',
    ]);
  });

  it('ends when the time is up, with a last question at that moment', async () => {
    const { rounds, waited, verdicts } = await wait({ a: ['MISSING'] });
    expect(verdicts).toEqual(['MISSING']);
    expect(waited).toBe(5 * MINUTE);
    expect(rounds.at(-1)?.at).toBe(5 * MINUTE);
    const pauses = rounds.slice(1).map(({ at }, index) => at - (rounds[index]?.at ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
    expect(Math.min(...pauses.slice(0, -1))).toBeGreaterThanOrEqual(2_500);
    expect(rounds.length).toBeLessThan(25);
  });

  it.each<SecretVerdict>([
    'DENIED',
    'UNREACHABLE',
    'DELETING',
    'EMPTY',
    'KEY-MISSING',
    'PLACEHOLDER',
    'STALE',
    'OVERDUE',
  ])('what is %s is not waited for', async (verdict) => {
    expect((await wait({ a: [verdict] })).rounds).toHaveLength(1);
  });

  it('a store that is out of reach for a moment does not end the wait', async () => {
    const { verdicts, rounds } = await wait({ a: ['MISSING', 'UNREACHABLE', 'EXISTS'] });
    expect(verdicts).toEqual(['EXISTS']);
    expect(rounds).toHaveLength(3);
  });

  it('a secret that gets there and turns out forbidden ends its wait', async () => {
    expect((await wait({ a: ['DENIED-OR-MISSING', 'DENIED'] })).rounds).toHaveLength(2);
  });

  it('an optional one is waited for only when a warning fails the step', async () => {
    expect((await wait({ a: ['MISSING'] }, { optional: ['a'] })).rounds).toHaveLength(1);
    const patient = await wait({ a: ['MISSING', 'EXISTS'] }, { optional: ['a'], failOn: 'warning' as never });
    expect(patient.rounds).toHaveLength(2);
  });

  it('names a few of many', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [`s${index}`, ['MISSING', 'EXISTS'] as const]),
    );
    expect((await wait(many)).told[0]).toBe(
      'Waiting up to 5m00s for s0 [MISSING], s1 [MISSING], s2 [MISSING], s3 [MISSING], s4 [MISSING] and 2 more',
    );
  });
});
