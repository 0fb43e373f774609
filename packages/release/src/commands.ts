import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { changesOf } from './changelog.ts';
import { checkRelease } from './check.ts';
import { moveMajorTag, rollback } from './major-tag.ts';
import { actionNames, ROOT } from './project.ts';
import { publish, repositoryOf } from './publish.ts';
import { renameRepository } from './rename.ts';
import { buildReleaseTree, tagOf } from './tree.ts';
import { majorTagOf } from './version.ts';

/** Lays out the release tree, or with `--check vX.Y.Z` builds a published one again and compares. */
export async function tree(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { check: { type: 'string' } } });
  if (values.check !== undefined) {
    const { commit, source, main } = await checkRelease({ repository: await repositoryOf(ROOT), tag: values.check });
    const where = main === undefined ? '; there is no main here to look for it on' : `, which is on ${main}`;
    console.log(`${values.check}  ${commit}  is what ${source} gives${where}`);
    return;
  }
  await build([]);
  const { tag, commit, tree, previous, unchanged, bytes, repository } = await buildReleaseTree();
  console.log(`${tag}  commit ${commit}  tree ${tree}  ${(bytes / 1_000).toFixed(0)} KB as tar.gz  ${repository}`);
  if (unchanged) console.log(`Nothing to release: ${previous}, the release before it, ships the same.`);
}

/** `X.Y.Z [--dry-run] [--hold] [--remote NAME]`, or `--repository owner/name [--from owner/name]` for a fork. */
export async function release(args: readonly string[]): Promise<void> {
  const { values, positionals } = read(args);
  const [version, ...more] = positionals;
  if (values.repository !== undefined) {
    if (version !== undefined)
      throw new Error('--repository renames and releases nothing: commit what it wrote, then release');
    const files = await renameRepository(values.repository, ROOT, values.from);
    for (const file of files) console.log(file);
    console.log(`${files.length} files say ${values.repository} now: look at the diff, run the tests, commit.`);
    return;
  }
  if (version === undefined || more.length > 0) throw new Error('expected one version, such as 1.2.3');
  await publish({ version, hold: values.hold, ...remoteOf(values) });
}

/** `X.Y.Z [--dry-run] [--remote NAME]`: the major tag goes to a release that has been held back. */
export async function move(args: readonly string[]): Promise<void> {
  const { values, positionals } = read(args);
  await moveMajorTag(positionals[0] ?? '', remoteOf(values));
}

/** `[X.Y.Z] [--dry-run] [--remote NAME]`: the major tag goes back. */
export async function back(args: readonly string[]): Promise<void> {
  const { values, positionals } = read(args);
  const [version] = positionals;
  await rollback(majorTagOf(version === undefined ? tagOf(ROOT) : `v${version}`), version, remoteOf(values));
}

/** `X.Y.Z COMMIT`: the text of the release on GitHub, which begins with the line to pin it by. */
export async function notes([version = '', commit = '']: readonly string[]): Promise<void> {
  const changes = changesOf(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), version);
  if (changes === undefined || !/^[0-9a-f]{40}$/.test(commit))
    throw new Error(`expected a version that CHANGELOG.md has and a full commit sha, not "${version}" and "${commit}"`);
  const { repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { repository: string };
  console.log(`    uses: ${repository}/${actionNames()[0]}@${commit} # v${version}\n\n${changes}`);
}

function read(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      hold: { type: 'boolean', default: false },
      remote: { type: 'string', default: 'origin' },
      repository: { type: 'string' },
      from: { type: 'string' },
    },
  });
}

function remoteOf(values: { 'dry-run': boolean; remote: string }) {
  return { dryRun: values['dry-run'], remote: values.remote };
}
