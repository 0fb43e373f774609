import { didYouMean, type Finding, UserError } from '@delivery-actions/action-kit';
import { csvFields } from './csv.ts';

interface CommonAttributes {
  /** The rule as it was written, for the report. */
  readonly line: string;
  readonly enable: boolean;
  /** Higher comes first; the first tag is the version. */
  readonly priority: number;
  readonly prefix: string;
  readonly suffix: string;
}

/** One line of the `tags` input. */
export type TagRule = CommonAttributes &
  (
    | { readonly type: 'sha'; readonly format: 'short' | 'long' }
    | { readonly type: 'ref'; readonly event: 'branch' | 'tag' | 'pr' }
    | { readonly type: 'raw'; readonly value: string }
  );

/** Notation and priorities are docker/metadata-action's ("tags input" in its README). */
const TYPES = {
  sha: { priority: 100, attribute: 'format' },
  ref: { priority: 600, attribute: 'event' },
  raw: { priority: 200, attribute: 'value' },
} as const;
const COMMON = ['enable', 'priority', 'prefix', 'suffix'] as const;

type TypeName = keyof typeof TYPES;
type Attributes = ReadonlyMap<string, string>;
type Problem = (message: string, hint?: string) => void;

/** `type=ref,event=branch,prefix=dev-`; a bare word is a raw value. Throws a UserError with all that is wrong. */
export function parseRule(line: string): TagRule {
  const problems: Finding[] = [];
  const problem: Problem = (message, hint) =>
    problems.push({ level: 'error', message, ...(hint === undefined ? {} : { hint }) });
  const attributes = readAttributes(line, problem);
  const type = readType(attributes, problem);
  const rule = type && readRule(type, line, attributes, problem);
  if (rule === undefined || problems.length > 0) throw UserError.all(problems);
  return rule;
}

function readAttributes(line: string, problem: Problem): Attributes {
  const attributes = new Map<string, string>();
  for (const field of csvFields(line)) {
    const equals = field.indexOf('=');
    const name = equals < 1 ? 'value' : field.slice(0, equals).trim().toLowerCase();
    const value = equals < 1 ? field : field.slice(equals + 1).trim();
    const expression = /\{\{.*?\}\}/.exec(value)?.[0];
    if (expression !== undefined)
      problem(`${expression} is not evaluated here.`, "use the workflow's own, such as ${{ github.ref_name }}");
    if (attributes.has(name)) problem(`${name} is given twice.`);
    attributes.set(name, value);
  }
  return attributes;
}

function readType(attributes: Attributes, problem: Problem): TypeName | undefined {
  const given = attributes.get('type') ?? 'raw';
  if (Object.hasOwn(TYPES, given)) return given as TypeName;
  problem(
    `type=${given} is not a type of rule: expected type=${listed(Object.keys(TYPES))}.`,
    suggestion(given, TYPES),
  );
  return undefined;
}

function readRule(type: TypeName, line: string, attributes: Attributes, problem: Problem): TagRule {
  refuseStrangers(type, attributes, problem);
  const common = (prefix: string): CommonAttributes => ({
    line,
    enable: choice('enable', ['true', 'false'], attributes.get('enable') ?? 'true', problem) === 'true',
    priority: wholeNumber('priority', attributes.get('priority') ?? String(TYPES[type].priority), problem),
    prefix: attributes.get('prefix') ?? prefix,
    suffix: attributes.get('suffix') ?? '',
  });
  switch (type) {
    case 'sha':
      return {
        type,
        ...common('sha-'),
        format: choice('format', ['short', 'long'], attributes.get('format') ?? 'short', problem),
      };
    case 'ref': {
      const event = choice('event', ['branch', 'tag', 'pr'], attributes.get('event') ?? '', problem);
      return { type, ...common(event === 'pr' ? 'pr-' : ''), event };
    }
    case 'raw': {
      const rule = { type, ...common(''), value: attributes.get('value') ?? '' };
      if (rule.enable && rule.value === '')
        problem('value is empty.', 'does an expression in it give nothing? Write type=raw,value=some-text');
      return rule;
    }
  }
}

function refuseStrangers(type: TypeName, attributes: Attributes, problem: Problem): void {
  const names: readonly string[] = [TYPES[type].attribute, ...COMMON];
  for (const [name, value] of attributes) {
    if (name === 'type' || names.includes(name)) continue;
    problem(
      `${name}=${value} is not an attribute of type=${type}: expected ${listed(names)}.`,
      suggestion(name, names),
    );
  }
}

function choice<const Choice extends string>(
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

function wholeNumber(name: string, given: string, problem: Problem): number {
  if (!/^-?\d{1,9}$/.test(given)) problem(`${name}=${given}: expected a whole number.`);
  return Number(given);
}

function suggestion(given: string, known: object): string | undefined {
  const meant = didYouMean(given, Array.isArray(known) ? known : Object.keys(known));
  return meant && `did you mean "${meant}"?`;
}

/** `a, b or c` */
function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
