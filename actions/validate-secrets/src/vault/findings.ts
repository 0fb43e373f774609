import type { Finding } from '@delivery-actions/action-kit';
import { keysFinding } from '../keys-finding.ts';
import { findingsByCause, type Group } from '../root-cause.ts';
import { levelOf } from '../severity.ts';
import { staleFinding } from '../stale-finding.ts';
import { leastPrivilege, patch, put, undelete } from './commands.ts';
import type { VaultCheck } from './vault-check.ts';

/** One finding for each root cause, in the order of the rows; `namespace` is the one that was asked, if any. */
export function findings(checks: readonly VaultCheck[], namespace: string | undefined): Finding[] {
  return [
    ...findingsByCause(checks, rootCause, (group) => finding(group, checks, namespace)),
    ...checks
      .filter(({ expires }) => expires !== undefined)
      .map((check) => ({ ...deletesItself(check), ...check.place })),
  ];
}

function rootCause(check: VaultCheck): unknown {
  const { id, denial, listed } = check;
  return denial === undefined ? id : ['denied', denial.part, denial.mayReadValue, listed, levelOf(check)];
}

function finding(checks: Group<VaultCheck>, all: readonly VaultCheck[], namespace: string | undefined): Finding {
  const [check] = checks;
  switch (check.verdict) {
    case 'MISSING':
      return missing(check, namespace);
    case 'DELETING':
      return deleted(check);
    case 'NO-VALUE':
      return withoutValue(check);
    case 'DENIED':
    case 'DENIED-OR-MISSING':
      return denied(checks, all, namespace);
    case 'EMPTY':
    case 'KEY-MISSING':
    case 'PLACEHOLDER':
      return keysFinding(check, patch(check));
    case 'STALE':
      return staleFinding(check, patch(check));
    case 'UNREACHABLE':
    case 'MISMATCH':
    case 'OVERDUE':
    case 'NOT-SYNCED':
    case 'EXISTS':
      throw new Error(`${check.id} cannot be ${check.verdict} and need a finding`);
  }
}

function missing(check: VaultCheck, namespace: string | undefined): Finding {
  const { id, mount, suggestion, listed, optional } = check;
  const where = `${mount}${namespace === undefined ? '' : ` in the namespace ${namespace}`}`;
  const unlisted =
    listed === false ? ' The token may not read it, and LIST of its folder has no such name either.' : '';
  return {
    level: levelOf(check),
    title: 'Secret is missing',
    message: `${id} is MISSING: there is no such secret in the mount ${where}.${unlisted}${optional ? ' It is optional.' : ''}`,
    hint: suggestion === undefined ? put(check) : `${meant(suggestion)}\nIf not:\n${put(check)}`,
  };
}

function meant({ id, why }: NonNullable<VaultCheck['suggestion']>): string {
  if (why === 'api-path')
    return `"data/" and "metadata/" belong to the API, not to the name: did you mean ${id}, which is there?`;
  if (why === 'folder') return `${id} is a folder: name a secret in it.`;
  return `did you mean ${id}, which is there?`;
}

function deleted(check: VaultCheck): Finding {
  const { id, version, deleted: when = '' } = check;
  return {
    level: levelOf(check),
    title: 'Secret is deleted',
    message: `${id} is DELETING: its metadata answers, but its current version ${version} was deleted on ${when.slice(0, 10)}, and reading it fails. It can be undeleted until it is destroyed.`,
    hint: undelete(check),
  };
}

/** It can be read today, and a service that starts again after that day finds it deleted. */
function deletesItself({ id, version, expires = '' }: VaultCheck): Finding {
  return {
    level: 'notice',
    title: 'Secret deletes itself',
    message: `${id}: its current version ${version} deletes itself on ${expires.slice(0, 10)} (delete_version_after).`,
    hint: 'put a new value before then, or ask for the metadata to be changed: vault kv metadata put -delete-version-after=0s',
  };
}

function withoutValue(check: VaultCheck): Finding {
  const { id, version, destroyed } = check;
  const why = destroyed
    ? `its current version ${version} is destroyed, for good`
    : 'it has metadata only, and no version was ever put';
  const older =
    destroyed && version !== undefined && version > 1
      ? `an older version may still be there:\nvault kv rollback -version=${version - 1} ${put(check).replace(/^vault kv put | @secret\.json$/g, '')}\nor put a new value:\n`
      : '';
  return {
    level: levelOf(check),
    title: 'Secret has no value',
    message: `${id} has NO-VALUE: the secret is there, but reading it fails: ${why}.`,
    hint: `${older}${put(check)}`,
  };
}

const WHAT = { metadata: 'the metadata', subkeys: 'the key names', data: 'the value' } as const;

function denied(checks: Group<VaultCheck>, all: readonly VaultCheck[], namespace: string | undefined): Finding {
  const [first] = checks;
  const { part = 'metadata', policies, mayReadValue = false } = first.denial ?? {};
  const ids = checks.map(({ id }) => id).join(', ');
  const who = policies === undefined ? 'The token' : `The token (policies: ${policies.join(', ') || 'none'})`;
  const place =
    namespace === undefined
      ? 'Is it in a namespace, so that VAULT_NAMESPACE has to name it?'
      : `Is the mount in the namespace ${namespace} (VAULT_NAMESPACE)?`;
  return {
    level: levelOf(first),
    title: 'Access denied',
    message: `${who} may not read ${WHAT[part]} of ${ids}. ${existence(checks)}`,
    hint: [
      ...(mayReadValue
        ? ['the token may read the values, which this check does not do unasked; the metadata tells without them.']
        : []),
      'allow it in a policy of the token (vault policy write NAME FILE):',
      leastPrivilege(all),
      ...(first.verdict === 'DENIED-OR-MISSING' ? [place] : []),
    ].join('\n'),
  };
}

function existence(checks: Group<VaultCheck>): string {
  const [first] = checks;
  const there = checks.length === 1 ? 'The secret is there' : 'The secrets are there';
  if (first.listed) return `${there}: LIST of the folder has the name.`;
  if (first.verdict === 'DENIED') return `${there}; whether the value has what is asked for is not known.`;
  return 'Vault gives the same answer for a missing secret and for a forbidden one.';
}
