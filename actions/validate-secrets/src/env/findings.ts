import type { Finding } from '@delivery-actions/action-kit';
import { keysFinding } from '../keys-finding.ts';
import type { EnvCheck } from './check-env.ts';
import { emptyFinding } from './empty-finding.ts';

/** One finding for each reason why variables are empty, and for each value that lacks something. */
export function findings(checks: readonly EnvCheck[]): Finding[] {
  const causes = Map.groupBy(
    checks.filter(({ verdict }) => verdict !== 'EXISTS'),
    ({ id, empty, optional }) => JSON.stringify(empty === undefined ? id : [empty, optional]),
  );
  return [...causes.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const finding = first.empty === undefined ? keysFinding(first, setSecret(first)) : emptyFinding(group);
    return { ...finding, ...first.place };
  });
}

function setSecret({ id, keys = [] }: EnvCheck): string {
  return `gh secret set ${id.replace(/^env:/, '')}${keys.length === 0 ? '' : ' < secret.json'}`;
}
