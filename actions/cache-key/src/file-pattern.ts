import { posix } from 'node:path';
import { UserError } from '@delivery-actions/action-kit';

/** One line of `lockfiles` or `dockerfiles`. */
export type FilePattern =
  /** Read from the disk, whatever git knows of it. */
  | { readonly kind: 'path'; readonly text: string }
  | { readonly kind: 'glob'; readonly text: string }
  | { readonly kind: 'except'; readonly text: string }
  | { readonly kind: 'well-known' };

const WELL_KNOWN = 'well-known';

export function parseLockfilePattern(line: string): FilePattern {
  return line === WELL_KNOWN ? { kind: 'well-known' } : parseFilePattern(line);
}

/** A path or a glob relative to the workspace. Throws a UserError for one that could never match there. */
export function parseFilePattern(line: string): FilePattern {
  const except = line.startsWith('!');
  const given = except ? line.slice(1).trim() : line;
  if (given.includes('\\'))
    throw new UserError(`"${line}" has a backslash`, { hint: `write it with /: ${line.replaceAll('\\', '/')}` });
  if (given === '') throw new UserError('"!" leaves nothing out', { hint: 'name what to leave out: !examples/**' });
  const text = posix.normalize(given);
  if (posix.isAbsolute(text) || /^[A-Za-z]:/.test(text) || text === '..' || text.startsWith('../'))
    throw new UserError(`"${line}" is outside of the workspace`, {
      hint: 'write a path from the root of the checkout, such as services/api/package-lock.json',
    });
  if (/\[[^\]]*$/.test(text))
    throw new UserError(`"${line}" has a [ without its ]`, { hint: 'write [[] for the character itself' });
  if (/\{[^}]*,[^}]*\}/.test(text))
    throw new UserError(`"${line}" has braces, which git's globs do not know`, {
      hint: 'write one line for each of them',
    });
  if (except) return { kind: 'except', text };
  return { kind: /[*?[]/.test(text) ? 'glob' : 'path', text };
}
