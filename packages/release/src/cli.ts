import { build } from './build.ts';
import { back, move, notes, release, tree } from './commands.ts';
import { checkDocs, writeDocs } from './docs.ts';
import { newAction } from './new-action.ts';

const COMMANDS: Record<string, (args: readonly string[]) => Promise<void>> = {
  build,
  'action:new': newAction,
  'docs:write': () => writeDocs(),
  'docs:check': () => checkDocs(),
  tree,
  release,
  'release:move': move,
  'release:rollback': back,
  'release:notes': notes,
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
