import { BadExpansion } from './bad-expansion.ts';
import { shellPattern, trimEnd, trimStart } from './pattern.ts';

export interface Expansion {
  readonly text: string;
  /** Variables that were asked for and have no value; each stands for an empty text unless a default was given. */
  readonly unset: readonly string[];
}

/**
 * Replaces variables and takes quotes and escapes away, as the lexer of Dockerfiles does (moby/buildkit,
 * `frontend/dockerfile/shell`): `$x`, `${x}`, and with `:` or without it `-` default, `+` alternative, `?` required; `#`,
 * `##`, `%`, `%%` and `/`, `//` with patterns.
 */
export function expand(word: string, variables: ReadonlyMap<string, string>, escapeChar = '\\'): Expansion {
  const source = [...word];
  const unset = new Set<string>();
  let at = 0;

  function lookUp(name: string): string | undefined {
    const value = variables.get(name);
    if (value === undefined) unset.add(name);
    return value;
  }

  /** Up to `end`, or to the end of the word. With `raw`, escapes stay: they belong to a pattern. */
  function until(end: string | undefined, raw: boolean): string {
    let text = '';
    while (at < source.length) {
      const next = source[at];
      if (next === end) {
        at += 1;
        return text;
      }
      if (next === "'") text += singleQuoted();
      else if (next === '"') text += doubleQuoted(raw);
      else if (next === '$') text += variable();
      else if (next === escapeChar) {
        const escaped = source[at + 1] ?? '';
        text += raw ? next + escaped : escaped;
        at += 2;
      } else {
        text += next;
        at += 1;
      }
    }
    if (end !== undefined) throw new BadExpansion(`"${end}" is missing at the end of "${word}"`);
    return text;
  }

  function singleQuoted(): string {
    const end = source.indexOf("'", at + 1);
    if (end < 0) throw new BadExpansion(`a single quote in "${word}" is not closed`);
    const text = source.slice(at + 1, end).join('');
    at = end + 1;
    return text;
  }

  function doubleQuoted(raw: boolean): string {
    let text = '';
    at += 1;
    for (;;) {
      const next = source[at];
      if (next === undefined) throw new BadExpansion(`a double quote in "${word}" is not closed`);
      if (next === '$') {
        text += variable();
        continue;
      }
      at += 1;
      if (next === '"') return text;
      if (next !== escapeChar) {
        text += next;
        continue;
      }
      // Inside of double quotes an escape only works before a quote, a dollar sign and itself.
      const escaped = ['"', '$', escapeChar].includes(source[at] ?? '');
      text += `${raw ? escapeChar : ''}${escaped ? source[at] : escapeChar}`;
      if (escaped) at += 1;
    }
  }

  function variable(): string {
    at += 1;
    if (source[at] !== '{') {
      const name = variableName();
      return name === '' ? '$' : (lookUp(name) ?? '');
    }
    at += 1;
    if (source[at] === undefined) throw new BadExpansion(`"}" is missing at the end of "${word}"`);
    if (['{', '}', ':'].includes(source[at] ?? '')) throw new BadExpansion(`"${word}" has \${ without a name`);
    const name = variableName();
    const operator = source[at];
    at += 1;
    if (operator === '}') return lookUp(name) ?? '';
    if (operator === '/') return replaced(name);
    if (operator !== ':') return modified(name, operator, false);
    at += 1;
    return modified(name, source[at - 1], true);
  }

  function modified(name: string, operator: string | undefined, emptyIsUnset: boolean): string {
    if (operator === undefined) throw new BadExpansion(`"}" is missing at the end of "${word}"`);
    if (!(emptyIsUnset ? '+-?' : '+-?#%').includes(operator))
      throw new BadExpansion(
        `"${word}" has "${emptyIsUnset ? ':' : ''}${operator}" after \${${name}: expected one of - + ? # % /`,
      );
    const argument = until('}', operator === '#' || operator === '%');
    const value = lookUp(name);
    const missing = value === undefined || (emptyIsUnset && value === '');
    switch (operator) {
      case '-':
        return missing ? argument : value;
      case '+':
        return missing ? '' : argument;
      case '?':
        if (missing) throw new BadExpansion(`${name}: ${argument || 'has to have a value'}`);
        return value;
      case '#':
        return trimStart(value ?? '', argument);
      default:
        return trimEnd(value ?? '', argument);
    }
  }

  function replaced(name: string): string {
    const all = source[at] === '/';
    if (all) at += 1;
    const pattern = shellPattern(until('/', true), { flags: all ? 'gsu' : 'su' });
    const replacement = until('}', true);
    return (lookUp(name) ?? '').replace(pattern, () => replacement);
  }

  /** Letters, digits and `_`; a number stops at its last digit, and the shell's special parameters are one character. */
  function variableName(): string {
    const rest = source.slice(at).join('');
    const name = /^(?:\p{Nd}+|[@*#?$!-]|[\p{L}\p{Nd}_]*)/u.exec(rest)?.[0] ?? '';
    at += [...name].length;
    return name;
  }

  const text = until(undefined, false);
  return { text, unset: [...unset] };
}
