import { didYouMean } from '@delivery-actions/action-kit';
import type { ListedSecret } from './answer.ts';
import type { AwsCheck, Suggestion } from './aws-check.ts';
import { accountOf } from './denial.ts';
import { withoutSuffix } from './secret-id.ts';

type Lists = ReadonlyMap<string, readonly ListedSecret[]>;

/** Whether the names of a region would tell more about it. */
export function isInDoubt({ verdict }: AwsCheck): boolean {
  return verdict === 'MISSING' || verdict === 'DENIED-OR-MISSING';
}

/**
 * What the names of the regions that could be listed say about a secret that is missing or forbidden: whether it is there,
 * and which one was meant. A list is up to five minutes behind (ListSecrets, SDK documentation), so a secret that
 * DescribeSecret does not find stays missing whatever the list has.
 */
export function settle(check: AwsCheck, lists: Lists): AwsCheck {
  if (!isInDoubt(check)) return check;
  const list = lists.get(check.region ?? '');
  const { denial, ...rest } = check;
  const found = list?.some((listed) => isNamed(check.id, listed)) ?? false;
  if (denial !== undefined && found) return { ...check, verdict: 'DENIED', listed: true };
  const meant = suggestion(check, lists);
  const suggested = meant === undefined ? {} : { suggestion: meant };
  if (denial === undefined) return { ...check, ...suggested };
  // A list has the caller's own account only.
  if (list === undefined || !isOfCaller(check.id, denial.principal)) return { ...check, ...suggested };
  return { ...rest, verdict: 'MISSING', listed: false, ...suggested };
}

/** By name, or by ARN with or without its six random characters. */
function isNamed(id: string, { name, arn }: ListedSecret): boolean {
  return id === name || id === arn || id === withoutSuffix(arn);
}

function isOfCaller(id: string, principal: string | undefined): boolean {
  return !id.startsWith('arn:') || id.split(':')[4] === accountOf(principal).account;
}

function suggestion({ id, region }: AwsCheck, lists: Lists): Suggestion | undefined {
  const here = lists.get(region ?? '') ?? [];
  const name = id.startsWith('arn:') ? id.split(':').slice(6).join(':') : id;
  const bare = withoutSuffix(name);
  const whole = here.find((listed) => listed.name === bare || (id !== name && listed.name === name));
  if (whole !== undefined) return { ...whole, region: region ?? '' };
  for (const [other, names] of lists) {
    const same = other === region ? undefined : names.find((listed) => isNamed(name, listed));
    if (same !== undefined) return { ...same, region: other };
  }
  const names = here.map((listed) => listed.name).filter((listed) => listed !== name);
  const meant =
    didYouMean(
      name,
      names.filter((listed) => isAlike(name, listed)),
    ) ?? names.find((listed) => isOfOtherEnvironment(name, listed));
  const near = here.find((listed) => listed.name === meant);
  return near && { ...near, region: region ?? '' };
}

/** Each differing part of the path resembles its counterpart: what two paths have in common makes no name alike. */
function isAlike(name: string, other: string): boolean {
  const [parts, others] = [name.split('/'), other.split('/')];
  if (parts.length !== others.length) return true;
  return parts.every((part, index) => didYouMean(part, [others[index] ?? '']) !== undefined);
}

/** `checkout/staging/db` and `checkout/production/db`: one part of the path differs, and not the last. */
function isOfOtherEnvironment(name: string, other: string): boolean {
  const [parts, others] = [name.split('/'), other.split('/')];
  if (parts.length !== others.length || parts.at(-1) !== others.at(-1)) return false;
  return parts.filter((part, index) => part !== others[index]).length === 1;
}
