import { join } from 'node:path';
import type { Finding } from '@delivery-actions/action-kit';
import { contentDigest } from './content.ts';
import type { FilePattern } from './file-pattern.ts';
import { findFiles } from './files.ts';
import type { Git } from './git.ts';
import { type Gathered, type Part, part } from './key.ts';

/** A part for each lockfile: its path and its content count, its line endings do not. */
export async function lockfileParts(patterns: readonly FilePattern[], workspace: string, git: Git): Promise<Gathered> {
  const { paths, problems: unmatched } = await findFiles('lockfiles', patterns, git);
  const named = new Set(patterns.flatMap((each) => (each.kind === 'path' ? [each.text] : [])));
  const parts: Part[] = [];
  const problems: Finding[] = [...unmatched];
  for (const path of paths) {
    const content = contentDigest(join(workspace, path));
    if ('value' in content) parts.push(part('lockfile', path, `sha256:${content.value}`));
    else if ('reason' in content)
      problems.push({
        level: 'error',
        file: path,
        message: `${path} cannot be read: ${content.reason}.`,
        hint: `see what it is: ls -ld ${path}`,
      });
    // Git knows files that a sparse checkout does not have; one that was named has to be there.
    else if (named.has(path))
      problems.push({
        level: 'error',
        title: 'Input "lockfiles"',
        message: `${path} is not there.`,
        hint: 'check the path, from the root of the checkout; a file that a step writes has to be written before this step',
      });
  }
  if (parts.length === 0 && problems.length === 0)
    problems.push({
      level: 'error',
      title: 'No lockfile',
      message: `No lockfile is left to read: git knows ${paths.length === 0 ? 'none' : `${paths.slice(0, 3).join(', ')}, which this checkout does not have`}.`,
      hint: 'add its folder to "sparse-checkout:" of actions/checkout',
    });
  return { parts, problems };
}
