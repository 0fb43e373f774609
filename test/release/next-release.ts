import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionNames, buildReleaseTree, type ReleaseTree, ROOT } from '@delivery-actions/release';

/** What ships, as a next version in which image-tag says that it is another one; written into a new folder. */
export async function nextRelease(remote: string, root: string): Promise<ReleaseTree> {
  const files = actionNames().flatMap((name) =>
    ['action.yml', 'README.md', 'dist'].map((file) => `actions/${name}/${file}`),
  );
  for (const file of ['LICENSE', 'README.md', 'SECURITY.md', ...files])
    cpSync(join(ROOT, file), join(root, file), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const [major, minor] = version.split('.').map(Number);
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: `${major}.${(minor ?? 0) + 1}.0` }));
  const bundle = join(root, 'actions/image-tag/dist/index.js');
  writeFileSync(bundle, `console.log('this is another release');\n${readFileSync(bundle, 'utf8')}`);
  commitAll(root);
  return buildReleaseTree({ root, repository: remote });
}

/** A release has the date of its source; Renovate takes none of 1970 for a date. */
function commitAll(root: string): void {
  const who = { NAME: 'Ada', EMAIL: 'ada@example.com', DATE: '2026-01-16T12:00:00Z' };
  const identity = Object.entries(who).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]);
  const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', ...Object.fromEntries(identity) };
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '.'],
    ['commit', '--quiet', '-m', 'Next'],
  ])
    execFileSync('git', args, { cwd: root, env });
}
