import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDocs } from './docs.ts';
import { ROOT } from './project.ts';

/** A small working action, whole: what an action of this house looks like. */
const SCAFFOLD = fileURLToPath(new URL('../scaffold/', import.meta.url));
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Writes the folder of a working action, and its lines in the two files that list actions. Everything else finds it by its
 * folder. Answers the files that it wrote.
 */
export function writeAction(name: string, root = ROOT): string[] {
  if (!NAME.test(name))
    throw new Error(`"${name}" is not a name for an action: expected words in kebab-case, such as check-files`);
  if (existsSync(join(root, 'actions', name)) || existsSync(join(root, 'packages', name)))
    throw new Error(`there is a ${name} already: take another name`);
  const title = `${name[0]?.toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
  const written = readdirSync(SCAFFOLD, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const from = join(entry.parentPath, entry.name);
      const path = from.slice(SCAFFOLD.length).replaceAll('\\', '/');
      const to = path === 'bundle.test.ts' ? `test/bundle/${name}.test.ts` : `actions/${name}/${path}`;
      mkdirSync(dirname(join(root, to)), { recursive: true });
      const text = readFileSync(from, 'utf8').replaceAll('new-action', name).replaceAll('New action', title);
      writeFileSync(join(root, to), text);
      return to;
    });
  return [...written.sort(), compile(name, root), list(name, root)];
}

/** Writes the action, links it into the workspace and fills in its README's tables. */
export async function newAction(args: readonly string[]): Promise<void> {
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) throw new Error('expected one name in kebab-case, such as check-files');
  const written = writeAction(name);
  const { status } = spawnSync('npx -y pnpm@12 install --no-frozen-lockfile', {
    cwd: ROOT,
    shell: true,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`"pnpm install" ended with ${status}; actions/${name} is written`);
  await writeDocs();
  for (const file of written) console.log(file);
  console.log(`"npx -y pnpm@12 test" passes with it now. CONTRIBUTING.md says what to write next.`);
}

function compile(name: string, root: string): string {
  const file = join(root, 'tsconfig.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { references: { path: string }[] };
  config.references.push({ path: `actions/${name}` });
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`);
  return 'tsconfig.json';
}

/** The root README's table of actions has a question for each, which a person writes. */
function list(name: string, root: string): string {
  const file = join(root, 'README.md');
  const lines = readFileSync(file, 'utf8').split('\n');
  const last = lines.findLastIndex((line) => /^\| \[`[\w-]+`\]\(actions\//.test(line));
  if (last < 0) throw new Error('README.md has no table of actions');
  lines.splice(last + 1, 0, `| [\`${name}\`](actions/${name}/README.md) | Which question does it answer? |`);
  writeFileSync(file, lines.join('\n'));
  return 'README.md';
}
