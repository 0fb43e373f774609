import { BadDockerfile } from './bad-dockerfile.ts';
import { splitWords, unquoted } from './words.ts';

export interface Instruction {
  /** In lower case: `from`, `arg`, `copy`. */
  readonly name: string;
  /** `--mount=type=cache` as name and value, in order; a flag may come more than once. */
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  /** What follows the flags, continuation lines joined. */
  readonly rest: string;
  /** Where it starts, counted from 1. */
  readonly line: number;
}

export interface ParsedDockerfile {
  readonly instructions: readonly Instruction[];
  readonly escapeChar: string;
  /** `# syntax=` names the image that reads the rest of the file. */
  readonly syntax?: { readonly image: string; readonly line: number };
}

/** Instructions whose lines may be followed by here-documents. */
const WITH_HEREDOCS = new Set(['add', 'copy', 'run']);

/**
 * The instructions of a Dockerfile, by the rules of moby/buildkit's `frontend/dockerfile/parser`: directives, comments
 * (inside of continued lines too), continuation and here-documents. What an instruction says is not judged here.
 */
export function parseInstructions(text: string): ParsedDockerfile {
  const source = text.replace(/^\uFEFF/, '');
  const lines = source.split('\n').map((line) => line.replace(/\r$/, ''));
  const escapeChar = escapeCharacter(lines);
  const continued = new RegExp(`(^|[^\\${escapeChar}])\\${escapeChar}[ \\t]*$`);
  const instructions: Instruction[] = [];

  for (let index = 0; index < lines.length; index += 1) {
    const start = index;
    let joined = (lines[index] ?? '').trimStart();
    if (joined === '' || joined.startsWith('#')) continue;
    while (continued.test(joined) && index + 1 < lines.length) {
      joined = joined.replace(continued, '$1');
      index += 1;
      let next = lines[index] ?? '';
      // Neither a comment nor an empty line ends what goes on.
      while (/^\s*(?:#|$)/.test(next) && index + 1 < lines.length) {
        index += 1;
        next = lines[index] ?? '';
      }
      if (!/^\s*(?:#|$)/.test(next)) joined += next;
    }
    const instruction = split(joined.replace(continued, '$1'), start + 1, escapeChar);
    instructions.push(instruction);
    for (const { name, chomp } of heredocs(instruction)) {
      const ends = (line: string) => (chomp ? line.replace(/^\t+/, '') : line) === name;
      const end = lines.findIndex((line, at) => at > index && ends(line));
      if (end < 0) throw new BadDockerfile(start + 1, `the here-document "${name}" is not closed`);
      index = end;
    }
  }
  const syntax = syntaxImage(source);
  return { instructions, escapeChar, ...(syntax === undefined ? {} : { syntax }) };
}

function split(line: string, number: number, escapeChar: string): Instruction {
  const [, name = '', after = ''] = /^(\S+)\s*(.*)$/s.exec(line.trim()) ?? [];
  const flags: { name: string; value: string }[] = [];
  let rest = after;
  while (rest.startsWith('--')) {
    const [flag = ''] = splitWords(rest, escapeChar, 1);
    rest = rest.slice(flag.length).trimStart();
    if (flag === '--') break;
    const [, key = '', value = ''] = /^--([^=]*)=?(.*)$/s.exec(unquoted(flag)) ?? [];
    flags.push({ name: key, value });
  }
  return { name: name.toLowerCase(), flags, rest, line: number };
}

function heredocs({ name, rest }: Instruction): { name: string; chomp: boolean }[] {
  const [, inner = '', after = ''] = name === 'onbuild' ? (/^(\S+)\s*(.*)$/s.exec(rest) ?? []) : [rest, name, rest];
  if (!WITH_HEREDOCS.has(inner.toLowerCase()) || isJson(after)) return [];
  return splitWords(after, '\\').flatMap((word) => {
    const [, chomp, delimiter] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
    return delimiter === undefined ? [] : [{ name: unquoted(delimiter), chomp: chomp === '-' }];
  });
}

function isJson(text: string): boolean {
  try {
    return text.startsWith('[') && Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

function escapeCharacter(lines: readonly string[]): string {
  const found = directives(lines, '#').find(({ name }) => name === 'escape');
  if (found === undefined) return '\\';
  if (found.value === '\\' || found.value === '`') return found.value;
  throw new BadDockerfile(found.line, `"${found.value}" cannot be the escape character: it is \\ or \``);
}

function syntaxImage(source: string): { image: string; line: number } | undefined {
  const lines = source.split('\n');
  const skipped = lines[0]?.startsWith('#!') ? 1 : 0;
  for (const comment of ['#', '//']) {
    const found = directives(lines.slice(skipped), comment).find(({ name }) => name === 'syntax');
    if (found !== undefined) return { image: found.value.split(' ')[0] ?? '', line: found.line + skipped };
  }
  try {
    const { syntax } = JSON.parse(lines.slice(skipped).join('\n')) as { syntax?: unknown };
    if (typeof syntax === 'string') return { image: syntax, line: 1 + skipped };
  } catch {
    // Almost every Dockerfile: it is not JSON.
  }
  return undefined;
}

/** Only at the top, without anything between them; the first line that is none ends them. */
function directives(lines: readonly string[], comment: string): { name: string; value: string; line: number }[] {
  const found: { name: string; value: string; line: number }[] = [];
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith(comment)) break;
    const [, key, value = ''] = /^\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/.exec(line.slice(comment.length)) ?? [];
    const name = key?.toLowerCase();
    if (name === undefined || !['syntax', 'escape', 'check'].includes(name)) break;
    if (found.some((other) => other.name === name))
      throw new BadDockerfile(index + 1, `there is more than one "${name}" directive`);
    found.push({ name, value, line: index + 1 });
  }
  return found;
}
