import { isPlaceholder } from './placeholder.ts';

/** What was found of the keys that were asked for. It holds nothing of the value: the names are the workflow's own. */
export interface KeyFinding {
  /** Why the value has no keys at all. */
  readonly problem?: 'not-json' | 'not-an-object' | 'binary';
  readonly missing: readonly string[];
  /** Among the missing: the value has that key in other letter case. */
  readonly otherCase: readonly string[];
  /** Keys with an empty text or null. */
  readonly empty: readonly string[];
  /** The whole value is blank. */
  readonly blank?: true;
  /** The value, or that of a key that was asked for, is what a template has in its place. */
  readonly placeholder?: true;
}

/** Looks into a value for what was asked; `undefined` stands for a binary one. */
export function lookInto(value: string | undefined, { keys, notPlaceholder }: Wanted): KeyFinding {
  const found = keys.length === 0 ? { missing: [], otherCase: [], empty: [] } : lookForKeys(value, keys);
  if (!notPlaceholder || value === undefined) return found;
  return {
    ...found,
    ...(value.trim() === '' ? { blank: true } : {}),
    ...(textsIn(value, keys).some(isPlaceholder) ? { placeholder: true } : {}),
  };
}

export interface Wanted {
  readonly keys: readonly string[];
  readonly notPlaceholder: boolean;
}

/** The value, and the texts in it when it is a JSON object: those of the keys, or all of them without any. */
function textsIn(value: string, keys: readonly string[]): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed !== 'object' || parsed === null) return [value, ...(typeof parsed === 'string' ? [parsed] : [])];
    return Object.entries(parsed).flatMap(([key, text]) =>
      typeof text === 'string' && (keys.length === 0 || keys.includes(key)) ? text : [],
    );
  } catch {
    return [value];
  }
}

/**
 * Looks for keys in a value that should be a JSON object; `undefined` stands for a binary value. The parser's error is
 * dropped here, since V8 quotes the text that it was given (go-to-k/cdk-local#558).
 */
export function lookForKeys(value: string | undefined, keys: readonly string[]): KeyFinding {
  const none = { missing: keys, otherCase: [], empty: [] };
  if (value === undefined) return { problem: 'binary', ...none };
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return { problem: 'not-json', ...none };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { problem: 'not-an-object', ...none };
  const found = new Map<string, unknown>(Object.entries(parsed));
  const lower = new Set([...found.keys()].map((key) => key.toLowerCase()));
  const missing = keys.filter((key) => !found.has(key));
  return {
    missing,
    otherCase: missing.filter((key) => lower.has(key.toLowerCase())),
    empty: keys.filter((key) => found.has(key) && isEmpty(found.get(key))),
  };
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '');
}

/** The verdict on keys; undefined when all are there with a value. */
export function judgeKeys(found: KeyFinding): 'KEY-MISSING' | 'EMPTY' | 'PLACEHOLDER' | undefined {
  if (found.missing.length > 0) return 'KEY-MISSING';
  if (found.empty.length > 0 || found.blank) return 'EMPTY';
  return found.placeholder ? 'PLACEHOLDER' : undefined;
}
