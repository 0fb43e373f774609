import type { Finding } from '@delivery-actions/action-kit';
import type { SecretCheck } from './check.ts';
import type { KeyFinding } from './keys.ts';
import { levelOf } from './severity.ts';

const PROBLEMS: Readonly<Record<NonNullable<KeyFinding['problem']>, string>> = {
  'not-json': 'its value is not JSON',
  'not-an-object': 'its value is JSON, but not an object',
  binary: 'its value is binary, not text',
};

const NOTHING: KeyFinding = { missing: [], otherCase: [], empty: [] };

/**
 * A secret whose value has not what the service reads from it; `put` is the command that gives it another one. Says nothing
 * of the value.
 */
export function keysFinding(check: SecretCheck, put: string): Finding {
  const { id, verdict, found = NOTHING } = check;
  const { problem, missing, otherCase, empty, blank } = found;
  if (verdict === 'PLACEHOLDER') return placeholderFinding(check, put);
  const reason =
    problem === undefined
      ? [
          ...(missing.length > 0 ? [`it has no ${keysText(missing)}`] : []),
          ...(blank ? ['its value is empty'] : []),
          ...(empty.length > 0 ? [`its ${keysText(empty)} ${empty.length === 1 ? 'is' : 'are'} empty`] : []),
        ].join(', and ')
      : `${PROBLEMS[problem]}, so it has no ${keysText(missing)}`;
  const nearly =
    otherCase.length === 0 ? '' : `upper and lower case differ: ${otherCase.join(', ')} is there in other letters; or `;
  return {
    level: levelOf(check),
    title: verdict === 'EMPTY' ? 'Key is empty' : 'Key is missing',
    message: `${id} ${verdict === 'EMPTY' ? 'is EMPTY' : 'is KEY-MISSING'}: ${reason}.`,
    hint: `${nearly}put a value that has them, as one JSON object:\n${put}`,
  };
}

function placeholderFinding(check: SecretCheck, put: string): Finding {
  const where = check.keys?.length ? `the value of ${keysText(check.keys)}` : 'its value, or one in it,';
  return {
    level: levelOf(check),
    title: 'Value is a placeholder',
    message: `${check.id} is PLACEHOLDER: ${where} is what a template has in place of a value, such as "changeme".`,
    hint: `put the real one:\n${put}`,
  };
}

function keysText(keys: readonly string[]): string {
  return `${keys.length === 1 ? 'key' : 'keys'} ${keys.join(', ')}`;
}
