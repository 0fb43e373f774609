import type { Finding, Run } from '@delivery-actions/action-kit';
import { type Clock, deadline } from '@delivery-actions/waiting';
import type { SecretCheck } from './check.ts';
import type { Inputs } from './inputs.ts';
import type { StoreName } from './reference.ts';
import type { SecretRequest } from './request.ts';
import { unreachableFindings } from './root-cause.ts';
import { STORES, type Store, type Stores } from './store.ts';

export interface Asked {
  /** Sorted by id. */
  readonly checks: readonly SecretCheck[];
  /** What no store answered first, then what each makes of its checks, one store after another. */
  readonly findings: readonly Finding[];
  /** What the store makes of one alone. */
  readonly findingOf: (check: SecretCheck) => Finding | undefined;
  /** Milliseconds; undefined when there was nothing to wait for. */
  readonly waited?: number;
}

/** Asks every store that is named, all at once, and again for as long as there is something to wait for. */
export async function ask(
  requests: readonly SecretRequest[],
  { timeout, waitFor, failOn, ...asked }: Inputs,
  { run, stores = STORES, clock }: { readonly run: Run; readonly stores: Stores | undefined; readonly clock: Clock },
): Promise<Asked> {
  const names = [...new Set(requests.map(({ reference }) => reference.store))];
  const opened = new Map<StoreName, Store>();
  await Promise.all(names.map(async (name) => opened.set(name, (await stores[name]()) as Store)));

  async function round(some: readonly SecretRequest[], again: boolean): Promise<readonly SecretCheck[]> {
    using limit = deadline(clock, timeout, run.signal);
    const circumstances = { ...asked, run, clock, signal: limit.signal, again };
    const byStore = Map.groupBy(some, ({ reference }) => reference.store);
    const checks = await Promise.all(
      [...byStore].map(([name, its]) => storeOf(name).check(its as never, circumstances)),
    );
    run.signal.throwIfAborted();
    return checks.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  function storeOf(name: StoreName): Store {
    const store = opened.get(name);
    if (store === undefined) throw new Error(`nothing was asked of ${name}`);
    return store;
  }

  const findingsOf = (checks: readonly SecretCheck[]) => [
    ...unreachableFindings(checks, (check) => storeOf(check.store).whyUnreachable(check as never)),
    ...[...Map.groupBy(checks, ({ store }) => store)].flatMap(([name, its]) => storeOf(name).findings(its as never)),
  ];

  const patience = { waitFor, failOn, clock, signal: run.signal, tell: run.line };
  const { checks, waited } =
    waitFor === undefined
      ? { checks: await round(requests, false) }
      : await (await import('./wait.ts')).askUntilThere(requests, round, { ...patience, waitFor });
  return {
    checks,
    findings: findingsOf(checks),
    findingOf: (check) => findingsOf([check])[0],
    ...(waited === undefined ? {} : { waited }),
  };
}
