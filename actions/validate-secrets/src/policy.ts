import type { SecretDescription } from './answer.ts';
import type { Policy } from './request.ts';
import { isUsable } from './severity.ts';
import type { SecretCheck } from './verdict.ts';

const DAY = 86_400_000;

/** What the policy makes of a secret that is usable: replicas where they are needed, and rotation where it is required. */
export function applyPolicy(check: SecretCheck, description: SecretDescription, policy: Policy): SecretCheck {
  if (!isUsable(check)) return check;
  const { replicas = [], rotation } = description;
  const behind = policy.replicas
    .filter((region) => region !== check.region)
    .map((region) => replicas.find((replica) => replica.region === region) ?? { region, status: 'not there' })
    .filter(({ status }) => status !== 'InSync')
    .map((replica) => ({ ...replica, needed: true }));
  if (behind.length > 0) {
    const others = check.replicas?.filter(({ region }) => !behind.some((one) => one.region === region)) ?? [];
    return { ...check, verdict: 'NOT-SYNCED', replicas: [...behind, ...others] };
  }
  if (policy.rotation && !rotation?.enabled && check.verdict === 'EXISTS')
    return { ...check, verdict: 'OVERDUE', rotation: { pending: false, off: true } };
  return check;
}

/**
 * The age of the value is that of its AWSCURRENT version: LastChangedDate moves when a tag is edited, and
 * LastRotatedDate is not set by a rotation from outside (cloud-custodian#10416). Moments are in milliseconds since 1970.
 */
export function applyAge(check: SecretCheck, created: number, maxAge: number, now: number): SecretCheck {
  const age = {
    created: new Date(created).toISOString(),
    days: Math.floor((now - created) / DAY),
    limit: maxAge / DAY,
  };
  return { ...check, age, verdict: check.verdict === 'EXISTS' && now - created > maxAge ? 'STALE' : check.verdict };
}
