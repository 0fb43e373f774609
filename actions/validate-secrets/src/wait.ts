import { formatDuration } from '@delivery-actions/action-kit';
import { backoff, type Clock, sleep } from '@delivery-actions/waiting';
import type { SecretCheck, SecretVerdict } from './check.ts';
import type { FailOn } from './inputs.ts';
import type { SecretRequest } from './request.ts';
import { severity } from './severity.ts';

interface Patience {
  /** Milliseconds from the first question to the last one. */
  readonly waitFor: number;
  readonly failOn: FailOn;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told what is waited for, and each change. */
  readonly tell: (line: string) => void;
}

export interface Waited {
  readonly checks: readonly SecretCheck[];
  /** Milliseconds; undefined when there was nothing to wait for. */
  readonly waited?: number;
}

/** What somebody else may be about to mend: it is being created, filled or copied. AWS denies what is not there yet as well. */
const PENDING: readonly SecretVerdict[] = ['MISSING', 'DENIED-OR-MISSING', 'NO-VALUE', 'NOT-SYNCED'];

/** Milliseconds between two rounds, of which half at least: seldom enough for any store not to notice. */
const PAUSES = { first: 5_000, most: 30_000, factor: 1.5 };
const LONGEST_LIST = 5;

/**
 * Asks, and asks again about those that are not there yet, until all are or the time is up; the last question is asked
 * when it is. What no waiting mends, such as a denial or an expired login, ends no other secret's wait and is not asked about again.
 */
export async function askUntilThere(
  requests: readonly SecretRequest[],
  ask: (requests: readonly SecretRequest[], again: boolean) => Promise<readonly SecretCheck[]>,
  { waitFor, failOn, clock, signal, tell }: Patience,
): Promise<Waited> {
  const start = clock.now();
  const known = new Map((await ask(requests, false)).map((check) => [check.id, check]));
  const checks = () => [...known.values()];
  const isPending = (check: SecretCheck | undefined, ...more: readonly SecretVerdict[]) =>
    check !== undefined && [...PENDING, ...more].includes(check.verdict) && matters(check, failOn);
  let pending = requests.filter(({ id }) => isPending(known.get(id)));
  if (pending.length === 0) return { checks: checks() };

  const names = pending.slice(0, LONGEST_LIST).map(({ id }) => `${id} [${known.get(id)?.verdict}]`);
  const others = pending.length > names.length ? ` and ${pending.length - names.length} more` : '';
  tell(`Waiting up to ${formatDuration(waitFor)} for ${names.join(', ')}${others}`);
  // Never less than half of the bound: a pause of nothing would be no pause.
  const pauses = backoff({ ...PAUSES, random: () => (1 + Math.random()) / 2 });
  for (;;) {
    const left = start + waitFor - clock.now();
    if (pending.length === 0 || left <= 0) return { checks: checks(), waited: clock.now() - start };
    await sleep(clock, Math.min(left, pauses.next().value), signal);
    for (const check of await ask(pending, true)) {
      if (known.get(check.id)?.verdict !== check.verdict)
        tell(`${check.id} is [${check.verdict}] after ${formatDuration(clock.now() - start)}`);
      known.set(check.id, check);
    }
    // A store that is out of reach for a moment is no news of the secret.
    pending = pending.filter(({ id }) => isPending(known.get(id), 'UNREACHABLE'));
  }
}

/** Nobody waits for what does not fail the step. */
function matters(check: SecretCheck, failOn: FailOn): boolean {
  return severity(check) === 'failed' || (failOn === 'warning' && severity(check) === 'warning');
}
