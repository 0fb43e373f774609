import type { Finding } from '@delivery-actions/action-kit';
import { keysFinding } from '../keys-finding.ts';
import { findingsByCause, type Group } from '../root-cause.ts';
import { levelOf } from '../severity.ts';
import { staleFinding } from '../stale-finding.ts';
import type { AwsCheck, Deletion, Suggestion } from './aws-check.ts';
import { createSecret, describeArn, putSecretValue, restoreSecret } from './commands.ts';
import { deniedFinding } from './denied-finding.ts';
import { mismatchFinding } from './mismatch-finding.ts';
import { notSyncedFinding, overdueFinding } from './rotation-finding.ts';
import { withoutSuffix } from './secret-id.ts';

/** One finding for each root cause, in the order of the rows, written for the person who has to fix it. */
export function findings(checks: readonly AwsCheck[]): Finding[] {
  return [
    ...findingsByCause(checks, rootCause, (group) => [finding(group, checks), ...beside(group[0])]),
    ...suspectedRegions(checks),
  ];
}

/** An error and a warning never have the same one. */
function rootCause(check: AwsCheck): unknown {
  const { id, denial, listed } = check;
  if (denial === undefined) return id;
  return ['denied', denial.principal, denial.policy, denial.explicit, denial.action, listed, levelOf(check)];
}

function finding(checks: Group<AwsCheck>, all: readonly AwsCheck[]): Finding {
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
      return deniedFinding(checks, all);
    case 'EMPTY':
    case 'KEY-MISSING':
    case 'PLACEHOLDER':
      return keysFinding(check, putSecretValue(check));
    case 'STALE':
      return staleFinding(check, putSecretValue(check));
    case 'OVERDUE':
      return overdueFinding(check);
    case 'NOT-SYNCED':
      return notSyncedFinding(check);
    case 'MISMATCH':
      return mismatchFinding(check);
    case 'UNREACHABLE':
    case 'EXISTS':
      throw new Error(`${check.id} is ${check.verdict}: there is nothing to find`);
  }
}

/** What else is wrong with a secret whose verdict is about its policy, or the other way round. */
function beside(check: AwsCheck): Finding[] {
  if (check.mismatch === undefined) return [];
  if (check.verdict !== 'MISMATCH') return check.denial === undefined ? [mismatchFinding(check)] : [];
  if (check.also === undefined) return [];
  const warned: AwsCheck = { ...check, verdict: check.also };
  return [check.also === 'STALE' ? staleFinding(warned, putSecretValue(warned)) : overdueFinding(warned)];
}

function missing(check: AwsCheck): Finding {
  const { id, region } = check;
  const level = levelOf(check);
  const title = 'Secret is missing';
  const unlisted =
    check.listed === false ? ' AWS denies access to it, and it is not among the names of ListSecrets either.' : '';
  const message = `${id} is MISSING: there is no such secret in ${region}.${unlisted}${check.optional ? ' It is optional.' : ''}`;
  if (check.suggestion !== undefined) {
    const otherwise = id.startsWith('arn:') ? '' : `\nIf not:\n${createSecret(check)}`;
    return { level, title, message, hint: `${meant(check, check.suggestion)}${otherwise}` };
  }
  if (id.startsWith('arn:')) {
    const name = id.split(':').slice(6).join(':');
    const bare = withoutSuffix(name) ?? name;
    const hint =
      `if it was deleted and created again, its ARN has another end now: name the secret as ${bare} instead, or look it up:\n` +
      describeArn({ id: bare, region });
    return { level, title, message, hint };
  }
  const bare = withoutSuffix(id);
  if (bare !== undefined) {
    const hint =
      `did you paste the ARN's suffix? The name is then ${bare}, without the six random characters; ` +
      `if ${id} really is the name:\n${createSecret(check)}`;
    return { level, title, message, hint };
  }
  if (id.includes('//')) {
    const hint = 'its name has an empty part: was an expression such as ${{ inputs.environment }} empty?';
    return { level, title, message, hint };
  }
  return { level, title, message, hint: createSecret(check) };
}

function meant({ id, region }: AwsCheck, { name, arn, region: there }: Suggestion): string {
  if (there !== region) return `${name} is in ${there}: set "region", or name it by its ARN, ${arn}`;
  if (withoutSuffix(id) === name) return `did you paste the ARN's suffix? The name is then ${name}, which is there.`;
  return `did you mean ${id.startsWith('arn:') ? arn : name}, which is there?`;
}

function deleting(check: AwsCheck): Finding {
  const when = check.deletion === undefined ? '' : restorable(check.deletion);
  return {
    level: levelOf(check),
    title: 'Secret is scheduled for deletion',
    message: `${check.id} is DELETING: it still answers, but its value cannot be read. ${when}`,
    hint: check.owner
      ? `${check.owner} manages it and deletes it with what it belongs to: is that gone, and another secret meant? If not:\n${restoreSecret(check)}`
      : restoreSecret(check),
  };
}

function restorable({ requested, restorableUntil: { earliest, latest } }: Deletion): string {
  if (requested === undefined) return `It can be restored until ${day(latest)}.`;
  return (
    `Its deletion was asked for on ${day(requested)}: it can be restored until ${day(latest)} with the default recovery ` +
    `window of 30 days, and until ${day(earliest)} in any case (AWS does not tell which window was chosen).`
  );
}

function withoutValue(check: AwsCheck): Finding {
  const found =
    check.stages === undefined || check.stages.length === 0
      ? 'It was created without a value, as aws_secretsmanager_secret in Terraform does without an aws_secretsmanager_secret_version.'
      : `None of its versions is AWSCURRENT; the labels are ${check.stages.join(', ')}.`;
  return {
    level: levelOf(check),
    title: 'Secret has no value',
    message: `${check.id} has NO-VALUE: the secret is there, but reading it fails. ${found}`,
    hint: putSecretValue(check),
  };
}

/**
 * When several secrets and none of them is in a region, nor anything alike, the region or the account is likelier to be
 * wrong than they.
 */
function suspectedRegions(checks: readonly AwsCheck[]): Finding[] {
  const byRegion = Map.groupBy(checks, ({ region }) => region);
  return [...byRegion]
    .filter(([, group]) => group.length > 1 && group.every(isStrange))
    .map(([region, group]) => ({
      level: 'warning',
      title: 'Wrong region or account?',
      message: `Not one of the ${group.length} secrets is in ${region}: is that the right region, and the right account?`,
      hint: `aws sts get-caller-identity, and compare with:\naws secretsmanager list-secrets --region ${region} --query 'SecretList[].Name'`,
    }));
}

/** It is missing, and what was meant instead is not in its region either. */
function isStrange({ verdict, suggestion, region }: AwsCheck): boolean {
  return verdict === 'MISSING' && suggestion?.region !== region;
}

/** `2026-12-10` */
function day(moment: string): string {
  return moment.slice(0, 10);
}
