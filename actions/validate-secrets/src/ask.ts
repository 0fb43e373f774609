import type { Finding } from '@delivery-actions/action-kit';
import type { SecretCheck } from './check.ts';
import type { SecretRequest } from './request.ts';
import type { Circumstances, Stores } from './store.ts';

/** Asks every store that is named, all at once. The checks are sorted by id, and the findings are in the order of the checks. */
export async function askStores(
  requests: readonly SecretRequest[],
  stores: Stores,
  circumstances: Circumstances,
): Promise<{ readonly checks: readonly SecretCheck[]; readonly findings: readonly Finding[] }> {
  const byStore = Map.groupBy(requests, ({ reference }) => reference.store);
  const answers = await Promise.all(
    [...byStore].map(async ([name, asked]) => {
      const store = await stores[name]();
      const checks = await store.check(asked as never, circumstances);
      return { checks, findings: store.findings(checks) };
    }),
  );
  return {
    checks: answers.flatMap(({ checks }) => checks).sort((a, b) => (a.id < b.id ? -1 : 1)),
    findings: answers.flatMap(({ findings }) => findings),
  };
}
