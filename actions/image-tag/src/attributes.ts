import { didYouMean, type Finding, UserError } from '@delivery-actions/action-kit';
import { csvFields } from './csv.ts';

/** `name=value` pairs of one line, names in lower case; a bare word is the `value`. */
export type Attributes = ReadonlyMap<string, string>;
export type Problem = (message: string, hint?: string) => void;

/** Attributes that hold a regular expression or a pattern: a comma inside its brackets does not end it. */
const PATTERN = /^\s*(?:pattern|match)\s*=(.*)$/is;

/** Calls `read` with a place for problems and throws a UserError with all of them. */
export function allProblems<Value>(read: (problem: Problem) => Value): Value {
  const problems: Finding[] = [];
  const value = read((message, hint) =>
    problems.push({ level: 'error', message, ...(hint === undefined ? {} : { hint }) }),
  );
  if (problems.length > 0) throw UserError.all(problems);
  return value;
}

/** Throws a UserError for a quote that does not end. */
export function readAttributes(line: string, problem: Problem): Attributes {
  const attributes = new Map<string, string>();
  for (const field of ruleFields(line)) {
    const equals = field.indexOf('=');
    const name = equals < 1 ? 'value' : field.slice(0, equals).trim().toLowerCase();
    const value = equals < 1 ? field : field.slice(equals + 1).trim();
    if (attributes.has(name)) problem(`${name} is given twice.`, quoting(field, equals));
    attributes.set(name, value);
  }
  return attributes;
}

/** docker/metadata-action reads a line as CSV twice, so its users quote whole lines: such a line is read twice here too. */
function ruleFields(line: string): string[] {
  const [first = '', ...others] = csvFields(line, isOpenPattern);
  return others.length === 0 && /^type=.*,/i.test(first) && line.trimStart().startsWith('"')
    ? csvFields(first, isOpenPattern)
    : [first, ...others].filter((field) => field !== '');
}

function isOpenPattern(field: string): boolean {
  const pattern = PATTERN.exec(field)?.[1];
  if (pattern === undefined) return false;
  let depth = 0;
  let inClass = false;
  for (const [part] of pattern.matchAll(/\\.|[^\\]/gs)) {
    if (inClass) inClass = part !== ']';
    else if (part === '[') inClass = true;
    else if (part === '(' || part === '{') depth += 1;
    else if (part === ')' || part === '}') depth -= 1;
  }
  return inClass || depth > 0;
}

function quoting(field: string, equals: number): string | undefined {
  return equals < 1 ? `is "${field}" what follows a comma? Put the attribute with the comma in quotes` : undefined;
}

export function refuseStrangers(of: string, known: readonly string[], attributes: Attributes, problem: Problem): void {
  for (const [name, value] of attributes) {
    if (known.includes(name)) continue;
    problem(
      `${name}=${value} is not an attribute of ${of}: expected ${listed(known.filter((each) => each !== 'type'))}.`,
      suggestion(name, known),
    );
  }
}

export function choice<const Choice extends string>(
  name: string,
  choices: readonly Choice[],
  given: string,
  problem: Problem,
): Choice {
  const found = choices.find((each) => each === given);
  if (found === undefined)
    problem(
      given === ''
        ? `${name} has no value: expected ${listed(choices)}.`
        : `${name}=${given}: expected ${listed(choices)}.`,
      suggestion(given, choices),
    );
  return found as Choice;
}

export function wholeNumber(name: string, given: string, problem: Problem): number {
  if (!/^-?\d{1,9}$/.test(given)) problem(`${name}=${given}: expected a whole number.`);
  return Number(given);
}

export function suggestion(given: string, known: readonly string[]): string | undefined {
  const meant = didYouMean(given, known);
  return meant && `did you mean "${meant}"?`;
}

/** `a, b or c` */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
