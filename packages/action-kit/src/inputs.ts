import { parseDuration } from './duration.ts';
import type { Finding } from './report/finding.ts';
import { didYouMean } from './suggestion.ts';
import { UserError } from './user-error.ts';

interface Absent {
  /** Shown when the input is missing: what a good value looks like. */
  readonly example?: string;
}

/**
 * Turns the strings of `with:` into values. A bad input does not throw at once: it is noted, and `complete` throws one
 * error with all of them. Defaults live in action.yml, so an input without a value here is a missing one, unless it is
 * read with one of the `optional` readers.
 */
export interface InputReader {
  text(name: string, absent?: Absent): string;
  optionalText(name: string): string | undefined;
  /** As it is, white space too: what separates or surrounds other text. Empty when it has no value. */
  verbatim(name: string): string;
  /** Masked before anything else sees it. */
  optionalSecret(name: string): string | undefined;
  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice;
  /** YAML 1.2 core schema: true, True, TRUE, false, False, FALSE. */
  boolean(name: string): boolean;
  integer(name: string, range?: { min?: number; max?: number }): number;
  /** `90s`, `10m`, `1h30m`, in milliseconds. */
  duration(name: string): number;
  /**
   * One entry a line; blank lines and `# comments` dropped. `parse` throws a UserError for a bad entry. What comes back is a
   * list in any case, without the bad entries.
   */
  lines<Entry>(name: string, parse: (entry: string) => Entry, absent?: Absent): readonly Entry[];
  optionalLines<Entry>(name: string, parse: (entry: string) => Entry): readonly Entry[];
  /** Any other reading of one value: `parse` throws a UserError for a bad one. */
  parsed<Value>(name: string, parse: (text: string) => Value, absent?: Absent): Value;
  /** For what an input means together with others: noted like any other bad input. */
  problem(name: string, message: string, hint?: string): void;
  /** Ends the reading: throws everything that was wrong, or answers the frozen values. */
  complete<Values extends object>(values: Values, check?: (values: Values) => void): Readonly<Values>;
}

interface Source {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mask: (secret: string) => void;
  readonly warn: (finding: Finding) => void;
}

/** White space, and what a copy from a web page or an editor leaves behind: zero-width characters, the byte order mark. */
const AROUND = /^[\s\u200B-\u200D\u2060\uFEFF]+|[\s\u200B-\u200D\u2060\uFEFF]+$/g;
/** Of these, what means nothing inside of a text either; the joiners of scripts and emoji do. */
const INSIDE = /[\u200B\u2060\uFEFF]/g;
const INVISIBLE = /[\u00A0\u200B-\u200D\u2060\uFEFF]/;

export function inputReader({ env, mask, warn }: Source): InputReader {
  const problems: Finding[] = [];
  const known = new Set<string>();

  function given(name: string): string {
    known.add(name);
    return env[variable(name)] ?? '';
  }

  function raw(name: string): string {
    return given(name).replace(AROUND, '');
  }

  /** After a problem the value is never used: `complete` throws before anyone sees it. */
  function unusable<Value>(name: string, message: string, hint?: string): Value {
    problems.push({ level: 'error', title: `Input "${name}"`, message, ...(hint === undefined ? {} : { hint }) });
    return undefined as Value;
  }

  function missing<Value>(name: string, { example }: Absent = {}): Value {
    const hint =
      example === undefined ? `add "${name}:" under "with:"` : `add under "with:", for example:\n${name}: ${example}`;
    return unusable(name, `Input "${name}" is required and has no value.`, hint);
  }

  function parsedWith<Value>(name: string, label: string, text: string, parse: (text: string) => Value): Value {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(
        ...error.findings.map((finding) => ({
          title: `Input "${name}"`,
          ...finding,
          message: `${label}: ${finding.message}`,
        })),
      );
      return undefined as Value;
    }
  }

  function entries<Entry>(name: string, parse: (entry: string) => Entry): Entry[] {
    return given(name)
      .split(/\r?\n/)
      .map((line, index) => {
        const trimmed = line.replace(AROUND, '');
        return { text: trimmed.replace(INSIDE, ''), trimmed, number: index + 1, line };
      })
      .filter(({ text }) => text !== '' && !text.startsWith('#'))
      .flatMap(({ text, trimmed, number, line }) => {
        if (text !== trimmed || INVISIBLE.test(line.replace(text, ''))) {
          warn({
            level: 'warning',
            title: `Input "${name}"`,
            message: `Input "${name}", line ${number}: invisible characters ${text === trimmed ? 'around' : 'in'} "${text}" were dropped.`,
          });
        }
        const before = problems.length;
        const entry = parsedWith(name, `Input "${name}", line ${number}`, text, parse);
        return problems.length === before ? [entry] : [];
      });
  }

  const reader: InputReader = {
    text: (name, absent) => raw(name) || missing(name, absent),
    optionalText: (name) => raw(name) || undefined,
    verbatim: given,
    optionalSecret(name) {
      const secret = raw(name);
      if (secret !== '') mask(secret);
      return secret || undefined;
    },
    choice(name, choices) {
      const text = raw(name);
      const found = choices.find((choice) => choice === text);
      if (found !== undefined) return found;
      if (text === '') return missing(name, choices[0] === undefined ? {} : { example: choices[0] });
      const meant = didYouMean(text, choices);
      return unusable(
        name,
        `Input "${name}" is "${text}": expected ${choices.join(', ')}.`,
        meant && `did you mean "${meant}"?`,
      );
    },
    boolean(name) {
      const text = raw(name);
      if (/^(?:true|True|TRUE)$/.test(text)) return true;
      if (/^(?:false|False|FALSE)$/.test(text)) return false;
      return text === ''
        ? missing(name, { example: 'true' })
        : unusable(name, `Input "${name}" is "${text}": expected true or false.`);
    },
    integer(name, { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = {}) {
      const text = raw(name);
      if (text === '') return missing(name);
      const value = Number(text);
      if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
      return unusable(name, `Input "${name}" is "${text}": expected a whole number${rangeText(min, max)}.`);
    },
    duration: (name) => reader.parsed(name, parseDuration, { example: '10m' }),
    lines(name, parse, absent) {
      const before = problems.length;
      const list = entries(name, parse);
      if (list.length === 0 && problems.length === before) missing(name, absent);
      return list;
    },
    optionalLines: entries,
    parsed(name, parse, absent) {
      const text = raw(name);
      return text === '' ? missing(name, absent) : parsedWith(name, `Input "${name}"`, text, parse);
    },
    problem: unusable,
    complete(values, check) {
      for (const finding of strangers(env, known))
        (finding.level === 'error' ? problems.push.bind(problems) : warn)(finding);
      if (problems.length === 0) check?.(values);
      if (problems.length > 0) throw UserError.all(problems);
      return Object.freeze(values);
    },
  };
  return reader;
}

function rangeText(min: number, max: number): string {
  if (min === Number.MIN_SAFE_INTEGER) return max === Number.MAX_SAFE_INTEGER ? '' : ` of at most ${max}`;
  return max === Number.MAX_SAFE_INTEGER ? ` of at least ${min}` : ` from ${min} to ${max}`;
}

/** The runner's own rule: actions/runner, `Constants.cs` and `core.getInput`. */
function variable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/**
 * Inputs that the action does not have. The runner only warns about them, so a misspelt name would go unnoticed: one
 * that resembles a real name is refused; any other may come from the machine's own environment and is a warning.
 */
function strangers(env: Source['env'], known: ReadonlySet<string>): Finding[] {
  const ours = new Map([...known].map((name) => [variable(name), name]));
  return Object.keys(env)
    .filter((key) => key.startsWith('INPUT_') && env[key] !== '' && !ours.has(key.toUpperCase()))
    .map((key): Finding => {
      const name = key.slice('INPUT_'.length).toLowerCase();
      const meant = didYouMean(name, known);
      return meant === undefined
        ? {
            level: 'warning',
            message: `There is no input "${name}"; it is ignored.`,
            hint: `the inputs are: ${[...known].sort().join(', ')}`,
          }
        : { level: 'error', message: `There is no input "${name}".`, hint: `did you mean "${meant}"?` };
    });
}
