import { listed, type Problem, suggestion } from './attributes.ts';
import { namesTheZone } from './date-format.ts';

/** `{{date 'YYYYMMDD' tz='Asia/Tokyo'}}` */
export interface Expression {
  /** As it was written. */
  readonly text: string;
  readonly name: string;
  readonly format?: string;
  readonly timeZone?: string;
  /** It decides about a block instead of being written. */
  readonly condition?: true;
}

const DATES: readonly string[] = ['date', 'commit_date', 'created'];
/** docker/metadata-action's "Global expressions", and `created`. */
export const GLOBAL: readonly string[] = [
  ...['branch', 'tag', 'sha', 'base_ref', 'is_default_branch', 'is_not_default_branch'],
  ...DATES,
];

const EXPRESSION = /\{\{\{?\s*(.*?)\s*\}?\}\}/g;
/** `{{#if tag}}...{{else}}...{{/if}}` with no other block inside. */
const BLOCK = /\{\{#(if|unless)\s+([\w.]+)\s*\}\}((?:(?!\{\{#).)*?)\{\{\/\1\s*\}\}/s;
const ELSE = /\{\{\s*else\s*\}\}/;
const COMMENT = /\{\{!.*?\}\}/gs;
const INSIDE = /^([\w.]+)(?:\s+(?:'([^']*)'|"([^"]*)"))?(?:\s+tz\s*=\s*(?:'([^']*)'|"([^"]*)"))?$/;

/** The expressions of a text; one that is not understood has its inside as the name. */
export function expressionsOf(text: string): Expression[] {
  return [...text.matchAll(EXPRESSION)].map(([whole, inside = '']) => expression(whole, inside));
}

/** The text with the values of its expressions, as they are: nothing is escaped. */
export function render(text: string, evaluate: (expression: Expression) => string): string {
  const chosen = withoutBlocks(text, (kind, name, body) => {
    const value = evaluate({ text: `{{#${kind} ${name}}}`, name, condition: true });
    const [yes = '', no = ''] = body.split(ELSE);
    // An answer of is_default_branch is a text too, and there it always counts as true.
    return (value !== '' && value !== 'false') === (kind === 'if') ? yes : no;
  });
  return chosen.replace(EXPRESSION, (whole, inside: string) => evaluate(expression(whole, inside)));
}

/** From the inside out. */
function withoutBlocks(text: string, choose: (kind: string, name: string, body: string) => string): string {
  let left = text.replace(COMMENT, '');
  while (BLOCK.test(left))
    left = left.replace(BLOCK, (_, kind: string, name: string, body: string) => choose(kind, name, body));
  return left;
}

/** Notes what nobody could evaluate. `own` are the expressions that only this kind of rule has. */
export function checkTemplate(text: string, problem: Problem, own: readonly string[] = []): void {
  const known = [...own, ...GLOBAL];
  const flat = withoutBlocks(text, (_, name, body) => `{{${name}}}${body.replace(ELSE, '')}`);
  if (flat.replace(EXPRESSION, '').includes('{{')) problem(`${text} has a {{ without its }}.`);
  for (const { text: whole, name, format, timeZone } of expressionsOf(flat)) {
    if (/^(?:[#/]|else$)/.test(name)) {
      problem(`${whole} is no part of a whole block.`, 'write {{#if tag}}...{{else}}...{{/if}}, or {{#unless tag}}');
      continue;
    }
    const [, unquoted] = /^(\w+)\s+[^'"\s]+$/.exec(name) ?? [];
    if (unquoted !== undefined && DATES.includes(unquoted))
      problem(`${whole}: the format has to be in quotes.`, whole.replace(/(\w\s+)([^'"\s}]+)/, "$1'$2'"));
    else if (!known.includes(name))
      problem(`${whole} is not known here: expected ${listed(known)}.`, suggestion(name, known));
    else if (!DATES.includes(name) && (format !== undefined || timeZone !== undefined))
      problem(`${whole}: ${name} takes no format and no time zone.`);
    else if (timeZone !== undefined && !isTimeZone(timeZone))
      problem(
        `${whole}: ${timeZone} is not a time zone.`,
        "write a name of the IANA's list, such as tz='Europe/Berlin'",
      );
    else if (timeZone !== undefined && timeZone !== 'UTC' && namesTheZone(format ?? ''))
      problem(`${whole}: z, the short name of a time zone, is not known for ${timeZone}.`, 'Z writes it as +02:00');
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
