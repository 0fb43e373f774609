import type { Finding } from '@delivery-actions/action-kit';
import type { SecretCheck } from './check.ts';

/** Secrets with one root cause, which one finding tells. */
export type Group<Check> = readonly [Check, ...Check[]];

/**
 * One finding for each root cause, in the order of the rows, on the manifest's line of its first secret. Two secrets with one
 * root cause have the same `causeOf`. What is usable needs none, and what is UNREACHABLE is told across stores.
 */
export function findingsByCause<Check extends SecretCheck>(
  checks: readonly Check[],
  causeOf: (check: Check) => unknown,
  tell: (group: Group<Check>) => Finding | readonly Finding[],
): Finding[] {
  const wrong = checks.filter(({ verdict }) => verdict !== 'EXISTS' && verdict !== 'UNREACHABLE');
  return grouped(wrong, causeOf).flatMap((group) =>
    [tell(group)].flat().map((finding) => ({ ...finding, ...group[0].place })),
  );
}

/** Why a secret got no answer, as its store tells it. The same texts are the same cause, whichever store met it. */
export interface Cause {
  readonly title: string;
  /** The beginning of a sentence: `Vault is sealed`. */
  readonly why: string;
  /** A region: one that does not matter to the cause is not named. */
  readonly where?: string | undefined;
  /** What was answered, where that says more than `why`. */
  readonly detail?: string;
  readonly hint?: string | undefined;
  /** Causes with the same one are told in the words of the first: theirs name a request. */
  readonly kind?: string;
}

/** One finding for each cause, for all secrets of all stores in whose way it is. */
export function unreachableFindings(checks: readonly SecretCheck[], causeOf: (check: SecretCheck) => Cause): Finding[] {
  const unreachable = checks
    .filter(({ verdict }) => verdict === 'UNREACHABLE')
    .map((check) => ({ check, cause: causeOf(check) }));
  return grouped(
    unreachable,
    ({ cause: { title, why, detail, hint, kind } }) => kind ?? [title, why, detail, hint],
  ).map((group): Finding => {
    const [{ check, cause }] = group;
    const { title, why, detail, hint } = cause;
    const places = [...new Set(group.flatMap(({ cause: { where = [] } }) => where))];
    const said = `${why.replace(/^the /, 'The ')}${places.length === 0 ? '' : ` in ${places.join(', ')}`}${detail === undefined ? '' : ` (${detail})`}`;
    const what = group.length === 1 ? check.id : `${group.length} secrets`;
    return {
      level: 'error',
      title,
      message: `${said}, so ${what} could not be checked.`,
      ...(hint === undefined ? {} : { hint }),
      ...check.place,
    };
  });
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): readonly Group<Item>[] {
  const groups = Map.groupBy(items, (item) => JSON.stringify(keyOf(item)));
  return [...groups.values()].filter((group) => group.length > 0) as unknown as readonly Group<Item>[];
}
