import { build } from './build.ts';
import { checkRelease } from './check.ts';
import { checkDocs, writeDocs } from './docs.ts';
import { askGit } from './git.ts';
import { ROOT } from './project.ts';
import { buildReleaseTree } from './tree.ts';

const COMMANDS: Record<string, (args: readonly string[]) => Promise<void>> = {
  build,
  'docs:write': () => writeDocs(),
  'docs:check': () => checkDocs(),
  tree,
};

/** Lays out the release tree, or with `--check vX.Y.Z` builds a published one again and compares. */
async function tree(args: readonly string[]): Promise<void> {
  const [option, checked, ...more] = args;
  if (option === '--check' && checked !== undefined && more.length === 0) {
    const repository = await askGit(ROOT, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
    if (repository === undefined) throw new Error(`${ROOT} is not a git repository, so it has no release to check`);
    const { commit, source } = await checkRelease({ repository, tag: checked });
    console.log(`${checked}  ${commit}  is what ${source} gives`);
    return;
  }
  if (option !== undefined) throw new Error('it takes nothing, or --check vX.Y.Z');
  await build([]);
  const { tag, commit, tree, previous, unchanged, bytes, repository } = await buildReleaseTree();
  console.log(`${tag}  commit ${commit}  tree ${tree}  ${(bytes / 1_000).toFixed(0)} KB as tar.gz  ${repository}`);
  if (unchanged) console.log(`Nothing to release: this is the tree of ${previous}, the release before it.`);
}

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  console.error(`There is no command "${name}"; the commands are: ${Object.keys(COMMANDS).join(', ')}.`);
  process.exitCode = 2;
} else {
  try {
    await command(args);
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
