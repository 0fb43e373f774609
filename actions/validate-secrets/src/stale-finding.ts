import type { Finding } from '@delivery-actions/action-kit';
import type { SecretCheck } from './check.ts';
import { levelOf } from './severity.ts';

/** A secret whose current value is older than its policy allows; `put` is the command that gives it a new one. */
export function staleFinding(check: SecretCheck, put: string): Finding {
  const { days = 0, limit = 0, created = '' } = check.age ?? {};
  return {
    level: levelOf(check),
    title: 'Secret is stale',
    message: `${check.id} is STALE: its current value is ${days} days old (of ${created.slice(0, 10)}), and its policy allows ${limit}.`,
    hint: `make a new value where it is used, and put it:\n${put}`,
  };
}
