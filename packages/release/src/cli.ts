import { build } from './build.ts';
import { checkDocs, writeDocs } from './docs.ts';
import { buildReleaseTree } from './tree.ts';

const COMMANDS: Record<string, (args: readonly string[]) => Promise<void>> = {
  build,
  'docs:write': () => writeDocs(),
  'docs:check': () => checkDocs(),
  async tree() {
    const { tag, commit, bytes, repository } = await buildReleaseTree();
    console.log(`${tag}  ${commit}  ${(bytes / 1_000).toFixed(0)} KB as tar.gz  ${repository}`);
  },
};

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
