import type { Finding } from '@delivery-actions/action-kit';
import { keysFinding } from '../keys-finding.ts';
import { findingsByCause } from '../root-cause.ts';
import type { EnvCheck } from './check-env.ts';
import { emptyFinding } from './empty-finding.ts';

/** One finding for each reason why variables are empty, and for each value that lacks something. */
export function findings(checks: readonly EnvCheck[]): Finding[] {
  return findingsByCause(
    checks,
    ({ id, empty, optional }) => (empty === undefined ? id : [empty, optional]),
    (group) => (group[0].empty === undefined ? keysFinding(group[0], setSecret(group[0])) : emptyFinding(group)),
  );
}

function setSecret({ id, keys = [] }: EnvCheck): string {
  return `gh secret set ${id.replace(/^env:/, '')}${keys.length === 0 ? '' : ' < secret.json'}`;
}
