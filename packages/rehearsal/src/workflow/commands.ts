import type { Annotation } from './types.ts';

/** A workflow command on a step's output: `::error file=a.js,line=1::message`. */
export interface Command {
  readonly name: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly value: string;
}

const NAMES: ReadonlySet<string> = new Set([
  ...['add-mask', 'add-matcher', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group', 'notice', 'remove-matcher'],
  ...['save-state', 'set-env', 'set-output', 'stop-commands', 'warning'],
]);

/**
 * Reads a line in both notations of actions/runner's ActionCommand.cs: `::name key=value,...::data` at the start of a
 * line, and `##[name key=value;...]data` anywhere in it. `resume` is the token of `stop-commands`, a command as well.
 */
export function parseCommand(line: string, resume?: string): Command | undefined {
  const known = (name: string) => NAMES.has(name.toLowerCase()) || (resume !== undefined && name === resume);
  const [, name = '', list = '', value = ''] = /^\s*::([^\s:]+)(?: (.*?))?::(.*)$/s.exec(line) ?? [];
  if (known(name)) {
    const properties = pairs(list.trim(), ',', PROPERTY_ESCAPES);
    return { name: name.toLowerCase(), properties, value: unescaped(value, DATA_ESCAPES) };
  }
  const [, older = '', olderList = '', olderValue = ''] = /##\[([^\s\]]+)(?: ([^\]]*))?\](.*)$/s.exec(line) ?? [];
  if (!known(older)) return undefined;
  const properties = pairs(olderList, ';', OLDER_ESCAPES);
  return { name: older.toLowerCase(), properties, value: unescaped(olderValue, OLDER_ESCAPES) };
}

/** Names that a token of `stop-commands` must not have. */
export function isCommandName(text: string): boolean {
  return NAMES.has(text.toLowerCase()) || text.toLowerCase() === 'pause-logging';
}

/** The annotation that `error`, `warning` or `notice` makes; columns without one line are left out, as the runner does. */
export function annotation(level: Annotation['level'], command: Command): Annotation {
  const { properties, value } = command;
  const number = (name: string) => {
    const found = Number(properties.get(name) || Number.NaN);
    return Number.isInteger(found) ? found : undefined;
  };
  const line = number('line') ?? number('endline');
  const endLine = number('endline');
  const oneLine = line !== undefined && (endLine === undefined || endLine === line);
  const column = number('col') ?? number('endcolumn');
  const title = properties.get('title');
  const file = properties.get('file');
  return {
    level,
    message: value,
    ...(title !== undefined && { title }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(endLine !== undefined && line !== undefined && endLine >= line && { endLine }),
    ...(oneLine && column !== undefined && { column }),
    ...(oneLine && number('endcolumn') !== undefined && { endColumn: number('endcolumn') as number }),
  };
}

type Escapes = readonly (readonly [escaped: string, character: string])[];

// Each percent sign last: what it makes must not be read again.
const DATA_ESCAPES: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
];
const PROPERTY_ESCAPES: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%3A', ':'],
  ['%2C', ','],
  ['%25', '%'],
];
const OLDER_ESCAPES: Escapes = [
  ['%3B', ';'],
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%5D', ']'],
  ['%25', '%'],
];

function unescaped(text: string, escapes: Escapes): string {
  return escapes.reduce((result, [escaped, character]) => result.replaceAll(escaped, character), text);
}

function pairs(list: string, separator: string, escapes: Escapes): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const pair of list.split(separator)) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const value = pair.slice(equals + 1);
    if (value !== '') properties.set(pair.slice(0, equals).trim().toLowerCase(), unescaped(value, escapes));
  }
  return properties;
}
