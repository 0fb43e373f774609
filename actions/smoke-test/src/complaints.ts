import { didYouMean, type Finding } from '@delivery-actions/action-kit';
import type { LocatedYaml, Path, Position } from '@delivery-actions/located-yaml';
import type { BaseIssue } from 'valibot';
import { keysAt, METHODS } from './schema.ts';

/** Notes complaints about a test file, each once and at its place. */
export interface Complaints {
  at(path: Path, text: string, hint?: string, of?: 'value' | 'key'): void;
  /** In the order of the file. */
  readonly findings: readonly Finding[];
}

/** `file` is absent when the tests are written inline, where no annotation can point at a line. */
export function complaintsOn(source: LocatedYaml, file: string | undefined): Complaints {
  const noted: { place: Position; finding: Finding }[] = [];
  return {
    get findings() {
      return noted
        .toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
        .map(({ finding }) => finding);
    },
    at(path, text, hint, of) {
      const place = source.position(path, of);
      const finding = fault(file, place, `${where(of === 'key' ? path.slice(0, -1) : path)}${text}`, hint);
      if (!noted.some(({ finding: { message } }) => message === finding.message)) noted.push({ place, finding });
    },
  };
}

/** A finding at a place of the file, which its message names as well: a log has no margin to point from. */
export function fault(file: string | undefined, place: Position, text: string, hint?: string): Finding {
  const name = file === undefined ? 'input "tests", line ' : `${file}:`;
  const column = file === undefined ? `, column ${place.column}` : `:${place.column}`;
  return {
    level: 'error',
    message: `${name}${place.line}${column}: ${text}`,
    ...(hint === undefined ? {} : { hint }),
    ...(file === undefined ? { title: 'Input "tests"' } : { file, ...place }),
  };
}

/** `tests[1].expect.status` as `test 2: expect.status: `. */
function where([first, number, ...rest]: Path): string {
  if (first === undefined) return '';
  if (number === undefined) return `${first}: `;
  const keys = rest.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
  return `test ${Number(number) + 1}: ${keys === '' ? '' : `${keys}: `}`;
}

/** A schema's complaints in our words. */
export function explain(issue: BaseIssue<unknown>, complaints: Complaints, outer: Path = []): void {
  const path = [...outer, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  // Of the alternatives of a union, the one that fits the value's kind complains about something inside of the value.
  const inner = (issue.issues ?? []).filter((each) => (each.path?.length ?? 0) > 0);
  if (inner.length > 0) {
    for (const each of inner) explain(each, complaints, path);
    return;
  }
  const key = String(path.at(-1));
  const item = issue.path?.at(-1);
  const unknown = issue.type === 'never';
  const missing = issue.expected === `"${key}"`;
  const ofKey = unknown || missing || item?.origin === 'key';
  if (ofKey && Array.isArray(item?.input)) {
    // For the schema a list is a mapping from numbers.
    const hint = path.length === 1 ? 'put the list under the key "tests:"' : undefined;
    complaints.at(path.slice(0, -1), 'a list was given, expected a mapping', hint);
  } else if (unknown) {
    const known = keysAt(path.slice(0, -1));
    const meant = didYouMean(key, known);
    const hint = meant === undefined ? `the keys are: ${known.join(', ')}` : `did you mean "${meant}"?`;
    complaints.at(path, `there is no key "${key}"`, hint, 'key');
  } else if (missing) {
    complaints.at(path.slice(0, -1), `"${key}" is missing`);
  } else if (ofKey) {
    complaints.at(path, `"${key}" was given, expected ${issue.message}`, undefined, 'key');
  } else {
    complaints.at(path, `${received(issue, path)}expected ${issue.message}`, suggestion(issue, path));
  }
}

/** What was written, unless it may be a secret. */
function received({ kind, received, input }: BaseIssue<unknown>, path: Path): string {
  if (typeof input === 'object' && input !== null)
    return kind === 'validation' ? '' : `a ${Array.isArray(input) ? 'list' : 'mapping'} was given, `;
  const quotable = !path.includes('headers') && !path.includes('body') && path.length > 1;
  return quotable && received.length <= 60 ? `${received} was given, ` : '';
}

function suggestion({ input }: BaseIssue<unknown>, path: Path): string | undefined {
  if (path.at(-1) === 'method' && typeof input === 'string') {
    const meant = didYouMean(input, METHODS);
    return meant && `did you mean "${meant}"?`;
  }
  if (path.at(-1) === 'path' && typeof input === 'string' && /^https?:/.test(input))
    return 'write the path alone, such as /health/ready';
  return undefined;
}
