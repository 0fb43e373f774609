import type { Finding } from '@delivery-actions/action-kit';
import type { SecretCheck } from './check.ts';
import type { SecretRequest } from './request.ts';
import type { Circumstances, Stores } from './store.ts';

/** Asks every store that is named, all at once. The checks are sorted by id. */
export async function askStores(
  requests: readonly SecretRequest[],
  stores: Stores,
  circumstances: Circumstances,
): Promise<readonly SecretCheck[]> {
  const byStore = Map.groupBy(requests, ({ reference }) => reference.store);
  const checks = await Promise.all(
    [...byStore].map(async ([name, asked]) => (await stores[name]()).check(asked as never, circumstances)),
  );
  return checks.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What each store makes of its checks, one after another. */
export async function findingsOf(checks: readonly SecretCheck[], stores: Stores): Promise<readonly Finding[]> {
  const byStore = Map.groupBy(checks, ({ store }) => store);
  const findings = await Promise.all(
    [...byStore].map(async ([name, its]) => (await stores[name]()).findings(its as never)),
  );
  return findings.flat();
}
