import { listed, type Problem, suggestion } from './attributes.ts';

/** `{{date 'YYYYMMDD' tz='Asia/Tokyo'}}` */
export interface Expression {
  /** As it was written. */
  readonly text: string;
  readonly name: string;
  readonly format?: string;
  readonly timeZone?: string;
}

const DATES: readonly string[] = ['date', 'commit_date', 'created'];
/** docker/metadata-action's "Global expressions", and `created`. */
export const GLOBAL: readonly string[] = [
  ...['branch', 'tag', 'sha', 'base_ref', 'is_default_branch', 'is_not_default_branch'],
  ...DATES,
];

const EXPRESSION = /\{\{\{?\s*(.*?)\s*\}?\}\}/g;
const INSIDE = /^([\w.]+)(?:\s+(?:'([^']*)'|"([^"]*)"))?(?:\s+tz\s*=\s*(?:'([^']*)'|"([^"]*)"))?$/;

/** The expressions of a text; one that is not understood has its inside as the name. */
export function expressionsOf(text: string): Expression[] {
  return [...text.matchAll(EXPRESSION)].map(([whole, inside = '']) => expression(whole, inside));
}

/** The text with the values of its expressions, as they are: nothing is escaped. */
export function render(text: string, evaluate: (expression: Expression) => string): string {
  return text.replace(EXPRESSION, (whole, inside: string) => evaluate(expression(whole, inside)));
}

/** Notes what nobody could evaluate. `own` are the expressions that only this kind of rule has. */
export function checkTemplate(text: string, problem: Problem, own: readonly string[] = []): void {
  const known = [...own, ...GLOBAL];
  for (const { text: whole, name, format, timeZone } of expressionsOf(text)) {
    if (!known.includes(name))
      problem(`${whole} is not known here: expected ${listed(known)}.`, suggestion(name, known));
    else if (!DATES.includes(name) && (format !== undefined || timeZone !== undefined))
      problem(`${whole}: ${name} takes no format and no time zone.`);
    else if (timeZone !== undefined && !isTimeZone(timeZone))
      problem(
        `${whole}: ${timeZone} is not a time zone.`,
        "write a name of the IANA's list, such as tz='Europe/Berlin'",
      );
  }
}

/** Nothing but `{{raw}}`. */
export function isRawStatement(text: string): boolean {
  return /^\{\{\s*raw\s*\}\}$/.test(text);
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function expression(text: string, inside: string): Expression {
  const [, name, single, double, singleZone, doubleZone] = INSIDE.exec(inside) ?? [];
  const format = single ?? double;
  const timeZone = singleZone ?? doubleZone;
  return {
    text,
    name: name ?? inside,
    ...(format === undefined ? {} : { format }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}
