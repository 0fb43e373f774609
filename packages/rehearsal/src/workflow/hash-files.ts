import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface Pattern {
  readonly negated: boolean;
  readonly path: RegExp;
}

/**
 * `hashFiles()`: SHA-256 over the SHA-256 of every file of the workspace that matches, in the order of @actions/glob;
 * empty if there is none. The last pattern that matches decides, `!` takes out, a folder stands for all that is in it.
 */
export function hashFiles(workspace: string, args: readonly string[]): string {
  const follow = args[0]?.toLowerCase() === '--follow-symbolic-links';
  if (args[0]?.startsWith('--') && !follow) {
    throw new Error(`Invalid glob option ${args[0]}, available option: '--follow-symbolic-links'`);
  }
  const patterns = (follow ? args.slice(1) : args).flatMap((arg) => arg.split(/\r?\n/)).flatMap(parsePattern);
  const hash = createHash('sha256');
  let found = false;
  for (const path of filesBelow(workspace, '', follow, [])) {
    const last = patterns.findLast((pattern) => pattern.path.test(path));
    if (!last || last.negated) continue;
    found = true;
    hash.update(
      createHash('sha256')
        .update(readFileSync(join(workspace, path)))
        .digest(),
    );
  }
  return found ? hash.digest('hex') : '';
}

function parsePattern(line: string): readonly Pattern[] {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return [];
  const [, signs = '', glob = ''] = /^(!*)\s*(.*)$/.exec(text) ?? [];
  return [{ negated: signs.length % 2 === 1, path: globExpression(glob.replace(/^\.\//, '').replace(/\/+$/, '')) }];
}

/** `*`, `?`, `[...]` and `**` of @actions/glob; no braces. Hidden files match as others do. */
function globExpression(glob: string): RegExp {
  const parts = glob.split('/').map((part) => (part === '**' ? '**' : segmentExpression(part)));
  let source = '';
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    if (part === '**') source += last ? '.*' : '(?:[^/]+/)*';
    else source += last ? part : `${part}/`;
  });
  return new RegExp(`^${source}(?:/.*)?$`, 's');
}

function segmentExpression(part: string): string {
  return part.replace(/\[!?[^\]]+\]|[*?]|\\(.)|[^\w]/g, (piece, escaped?: string) => {
    if (piece === '*') return '[^/]*';
    if (piece === '?') return '[^/]';
    if (piece.length > 2 && piece.startsWith('[')) return piece.replace('[!', '[^').replaceAll('\\', '\\\\');
    return (escaped ?? piece).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  });
}

/** Depth first, each folder's entries by name; a link's target only if links are followed, and not within itself. */
function* filesBelow(root: string, folder: string, follow: boolean, above: readonly string[]): Generator<string> {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const target = entry.isSymbolicLink() ? statSync(join(root, path), { throwIfNoEntry: false }) : entry;
    if (target?.isFile()) yield path;
    else if (target?.isDirectory() && (follow || !entry.isSymbolicLink())) {
      const { dev, ino } = statSync(join(root, path));
      const key = `${dev}:${ino}`;
      if (!above.includes(key)) yield* filesBelow(root, path, follow, [...above, key]);
    }
  }
}
