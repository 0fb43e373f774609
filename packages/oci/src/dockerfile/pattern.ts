import { BadExpansion } from './bad-expansion.ts';

interface Shape {
  readonly flags: string;
  readonly shortest?: boolean;
  readonly atStart?: boolean;
  readonly atEnd?: boolean;
}

/** `*` and `?` as a regular expression; there are no bracket expressions in Dockerfiles. */
export function shellPattern(pattern: string, { flags, shortest = false, atStart, atEnd }: Shape): RegExp {
  const source = [...pattern.matchAll(/\\(.?)|[^\\]/gsu)].map(([token, escaped]) => {
    if (token === '*') return shortest ? '.*?' : '.*';
    if (token === '?') return '.';
    if (escaped === undefined) return literal(token);
    // These two had to be escaped for the sake of `${}`.
    if (escaped === '}' || escaped === '/') return literal(escaped);
    if (escaped === '*' || escaped === '?' || escaped === '\\') return `\\${escaped}`;
    throw new BadExpansion(`"\\${escaped}" is not an escape in the pattern "${pattern}"`);
  });
  return new RegExp(`${atStart ? '^' : ''}(?:${source.join('')})${atEnd ? '$' : ''}`, flags);
}

/** `${x#p}` takes the shortest start that matches away, `${x##p}` the longest. */
export function trimStart(value: string, pattern: string): string {
  const longest = pattern.startsWith('#');
  const start = shellPattern(longest ? pattern.slice(1) : pattern, { flags: 'su', shortest: !longest, atStart: true });
  return value.replace(start, '');
}

/** `${x%p}` takes the shortest end that matches away, `${x%%p}` the longest. */
export function trimEnd(value: string, pattern: string): string {
  const longest = pattern.startsWith('%');
  const end = shellPattern(longest ? pattern.slice(1) : pattern, { flags: 'su', atStart: true, atEnd: true });
  const characters = [...value];
  const lengths = characters.map((_, index) => index + 1);
  for (const length of longest ? [...lengths.reverse(), 0] : [0, ...lengths])
    if (end.test(characters.slice(characters.length - length).join('')))
      return characters.slice(0, characters.length - length).join('');
  return value;
}

function literal(character: string): string {
  return character.replace(/[[\]{}.+()|^$*?\\/]/, '\\$&');
}
