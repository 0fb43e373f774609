import type { Policy } from '../policy.ts';
import { isUsable } from '../severity.ts';
import type { SecretDescription } from './answer.ts';
import type { AwsCheck } from './aws-check.ts';
import { mismatchOf } from './mismatch.ts';

/** What the policy makes of a secret that is usable: replicas where they are needed, and rotation where it is required. */
export function applyPolicy(described: AwsCheck, description: SecretDescription, policy: Policy): AwsCheck {
  if (!isUsable(described)) return described;
  const mismatch = mismatchOf(description, policy);
  const check = mismatch === undefined ? described : { ...described, mismatch };
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
