import type { Finding } from '@delivery-actions/action-kit';
import { keysFinding } from '../keys-finding.ts';
import { findingsByCause, type Group } from '../root-cause.ts';
import { levelOf } from '../severity.ts';
import { staleFinding } from '../stale-finding.ts';
import { addVersion, bindings, create, enable, listVersions } from './commands.ts';
import type { GoogleCheck } from './google-check.ts';
import { parseGoogle } from './reference.ts';

/** One finding for each root cause, in the order of the rows. */
export function findings(checks: readonly GoogleCheck[]): Finding[] {
  return findingsByCause(checks, rootCause, (group) => finding(group, checks));
}

function rootCause(check: GoogleCheck): unknown {
  const { id, denial, listed } = check;
  return denial === undefined ? id : ['denied', denial.permission, listed, levelOf(check)];
}

function finding(checks: Group<GoogleCheck>, all: readonly GoogleCheck[]): Finding {
  const [check] = checks;
  switch (check.verdict) {
    case 'MISSING':
      return missing(check);
    case 'DELETING':
      return deleting(check);
    case 'NO-VALUE':
      return withoutValue(check);
    case 'DENIED':
    case 'DENIED-OR-MISSING':
      return denied(checks, all);
    case 'EMPTY':
    case 'KEY-MISSING':
    case 'PLACEHOLDER':
      return keysFinding(check, addVersion(check));
    case 'STALE':
      return staleFinding(check, addVersion(check));
    case 'NOT-SYNCED':
      return elsewhere(check);
    case 'UNREACHABLE':
    case 'MISMATCH':
    case 'OVERDUE':
    case 'EXISTS':
      throw new Error(`${check.id} cannot be ${check.verdict} and need a finding`);
  }
}

function missing(check: GoogleCheck): Finding {
  const { id, suggestion, listed, optional } = check;
  const { project } = parseGoogle(id.replace(/^gcp:/, ''));
  const unlisted =
    listed === false ? ' Google denies access to it, and it is not among the names of its project either.' : '';
  const hint =
    suggestion === undefined ? create(check) : `did you mean ${suggestion}, which is there?\nIf not:\n${create(check)}`;
  return {
    level: levelOf(check),
    title: 'Secret is missing',
    message: `${id} is MISSING: there is no such secret in the project ${project}.${unlisted}${optional ? ' It is optional.' : ''}`,
    hint,
  };
}

function deleting(check: GoogleCheck): Finding {
  const { id, version, destruction = '' } = check;
  return {
    level: levelOf(check),
    title: 'Secret is scheduled for destruction',
    message: `${id} is DELETING: its version ${version} cannot be read any more, and is destroyed for good on ${destruction.slice(0, 10)}. Until then it can be enabled again.`,
    hint: enable(check),
  };
}

function withoutValue(check: GoogleCheck): Finding {
  const { id, version, state } = check;
  const [why, hint] = {
    DISABLED: [`its version ${version} is disabled`, `${enable(check)}\nor put a new one:\n${addVersion(check)}`],
    DESTROYED: [`its version ${version} is destroyed, for good`, addVersion(check)],
    'NO-VERSIONS': [
      'it was created without a version, as google_secret_manager_secret in Terraform does without a google_secret_manager_secret_version',
      addVersion(check),
    ],
    'NO-SUCH-VERSION': [
      `it has no version ${version}`,
      `name another one, or none for the latest:\n${listVersions(check)}`,
    ],
  }[state ?? 'NO-VERSIONS'];
  return {
    level: levelOf(check),
    title: 'Secret has no value',
    message: `${id} has NO-VALUE: the secret is there, but reading it fails: ${why}.`,
    hint: hint ?? '',
  };
}

function elsewhere(check: GoogleCheck): Finding {
  const { id, locations = [], replicas = [] } = check;
  const missed = replicas.map(({ region }) => region).join(', ');
  return {
    level: levelOf(check),
    title: 'Secret is not replicated',
    message: `${id} is NOT-SYNCED: its values are kept in ${locations.join(', ')} only, and its policy asks for ${missed}.`,
    hint: 'where values are kept is chosen when a secret is created: create another one there, or ask for the places that it has',
  };
}

function denied(checks: Group<GoogleCheck>, all: readonly GoogleCheck[]): Finding {
  const [first] = checks;
  const ids = checks.map(({ id }) => id).join(', ');
  const { member, verdict, denial } = first;
  const reads = denial?.permission === 'access';
  const there = checks.length === 1 ? 'The secret is there' : 'The secrets are there';
  const existence = reads
    ? `${there}; whether the value has what is asked for is not known.`
    : verdict === 'DENIED'
      ? `${there}: the list of its project has the name.`
      : 'Google gives the same answer for a missing secret and for a forbidden one.';
  const unknown =
    member === undefined
      ? ' (MEMBER is who the job logs in as, such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com)'
      : '';
  return {
    level: levelOf(first),
    title: 'Access denied',
    message: `${member ?? 'The caller'} may not ${reads ? 'read' : 'describe'} ${ids}. ${existence}`,
    hint: `allow it, on these secrets only${unknown}:\n${bindings(all)}`,
  };
}
