import { type Finding, UserError } from '@delivery-actions/action-kit';
import type { FilePattern } from './file-pattern.ts';
import type { Git } from './git.ts';
import { isWellKnown } from './lockfile-names.ts';

export interface FoundFiles {
  /** Relative to the workspace, with `/`, sorted, each once. */
  readonly paths: readonly string[];
  /** One for each pattern that no file matches. */
  readonly problems: readonly Finding[];
}

const EVERYTHING = ':(glob)**';
/** How many ignored files an explanation names. */
const NAMED = 3;

/** The files that the patterns of an input mean. Paths are taken as they are; whether they are there shows when they are read. */
export async function findFiles(input: string, patterns: readonly FilePattern[], git: Git): Promise<FoundFiles> {
  const exceptions = patterns.flatMap((each) => (each.kind === 'except' ? [`:(exclude,glob)${each.text}`] : []));
  const globs = patterns.flatMap((each) => (each.kind === 'glob' ? [each.text] : []));
  const found = new Set(patterns.flatMap((each) => (each.kind === 'path' ? [each.text] : [])));
  const problems: Finding[] = [];

  try {
    if (patterns.some(({ kind }) => kind === 'well-known')) {
      const { paths } = await git.files(exceptions.length === 0 ? [] : [EVERYTHING, ...exceptions]);
      const known = paths.filter(isWellKnown);
      for (const path of known) found.add(path);
      if (known.length === 0) problems.push(await noLockfile(input, git, exceptions));
    }
    if (globs.length > 0) {
      const { paths, unmatched } = await git.files([...globs.map(pathspec), ...exceptions]);
      for (const path of paths) found.add(path);
      const nothing = globs.filter((glob) => paths.length === 0 || unmatched.includes(pathspec(glob)));
      for (const glob of nothing) problems.push(await noMatch(input, glob, git));
    }
  } catch (error) {
    // Told together with whatever else is wrong.
    if (!(error instanceof UserError)) throw error;
    problems.push(...error.findings);
  }
  return { paths: [...found].sort(), problems };
}

function pathspec(glob: string): string {
  return `:(glob)${glob}`;
}

async function noLockfile(input: string, git: Git, exceptions: readonly string[]): Promise<Finding> {
  const ignored = (await git.ignored([EVERYTHING, ...exceptions])).filter(
    (path) => isWellKnown(path) && !/(?:^|\/)(?:node_modules|vendor|\.venv)\//.test(path),
  );
  return {
    level: 'error',
    title: 'No lockfile',
    message: `No lockfile was found in this checkout, so the key would be the same whatever the dependencies are.${ignoredText(ignored)}`,
    hint:
      ignored[0] === undefined
        ? `commit the lockfile, or name the files that pin the dependencies:\n${input}: path/to/lockfile`
        : `name it by its path, which takes ignored files too:\n${input}: ${ignored[0]}`,
  };
}

async function noMatch(input: string, glob: string, git: Git): Promise<Finding> {
  const ignored = await git.ignored([pathspec(glob)]);
  return {
    level: 'error',
    title: `Input "${input}"`,
    message: `No file of this checkout matches "${glob}".${ignoredText(ignored)}`,
    hint:
      ignored[0] === undefined
        ? `see which files there are: git ls-files ':(glob)${glob}' (a * does not go into folders, **/ does)`
        : `name it by its path, which takes ignored files too:\n${input}: ${ignored[0]}`,
  };
}

function ignoredText(ignored: readonly string[]): string {
  if (ignored.length === 0) return '';
  const more = ignored.length > NAMED ? ` and ${ignored.length - NAMED} more` : '';
  return ` Git ignores ${ignored.slice(0, NAMED).join(', ')}${more}.`;
}
