import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of the `tar.gz` that every job of a consumer downloads. */
export const TREE_BUDGET = 1_000_000;

/** What stands at the root of the tree, beside one folder for each action. */
const ROOT_FILES = ['LICENSE', 'README.md', 'SECURITY.md'];
const ACTION_FILES = ['LICENSE', 'README.md', 'action.yml', 'dist/index.js', 'sbom.json'];
/** The entry, its lazy chunks, and what ncc and we write beside them. */
const IN_DIST = /^dist\/(?:(?:[\w.-]+\/)*[\w-][\w.-]*\.js|package\.json|licenses\.txt)$/;

/**
 * Path in the tree -> file on disk. Throws when an action lacks something that every action ships, and when there is something
 * in a dist that is not on the list: a release never has a file that nobody thought of.
 */
export function shippedFiles(root: string, actions: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  const problems: string[] = [];
  const ship = (path: string, file: string) => {
    if (existsSync(file)) files.set(path, file);
    else problems.push(`${path}: there is no ${file}`);
  };
  for (const name of ROOT_FILES) ship(name, join(root, name));
  for (const action of actions) {
    const folder = join(root, 'actions', action);
    if (!existsSync(join(folder, 'dist', 'index.js')) || !existsSync(join(folder, 'dist', 'sbom.json')))
      throw new Error(`actions/${action} is not bundled: run "pnpm build"`);
    for (const name of ['action.yml', 'README.md']) ship(`${action}/${name}`, join(folder, name));
    ship(`${action}/LICENSE`, join(root, 'LICENSE'));
    ship(`${action}/sbom.json`, join(folder, 'dist', 'sbom.json'));
    for (const entry of readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) continue;
      const file = join(entry.parentPath, entry.name);
      const path = file.slice(folder.length + 1).replaceAll('\\', '/');
      if (path === 'dist/sbom.json') continue;
      if (entry.isFile() && IN_DIST.test(path)) files.set(`${action}/${path}`, file);
      else
        problems.push(
          `actions/${action}/${path} is not something that ships: scripts, package.json and licenses.txt are`,
        );
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return files;
}

/** What is wrong with the list of a tree's paths, wherever the tree comes from: a sentence each. */
export function strangersIn(paths: readonly string[]): string[] {
  const actions = new Map<string, Set<string>>();
  const problems: string[] = [];
  for (const path of paths) {
    const [action = '', ...rest] = path.split('/');
    const inside = rest.join('/');
    if (rest.length === 0 ? !ROOT_FILES.includes(path) : !ACTION_FILES.includes(inside) && !IN_DIST.test(inside))
      problems.push(`${path} is not something that ships`);
    else if (rest.length > 0) actions.set(action, (actions.get(action) ?? new Set()).add(inside));
  }
  for (const name of ROOT_FILES) if (!paths.includes(name)) problems.push(`${name} is missing`);
  for (const [action, files] of actions)
    for (const name of ACTION_FILES) if (!files.has(name)) problems.push(`${action}/${name} is missing`);
  return problems;
}

/** Throws when a tree costs every job of a consumer more than it may. */
export function checkBudget(bytes: number, budget = TREE_BUDGET): void {
  if (bytes <= budget) return;
  throw new Error(
    `the release tree is ${bytes} bytes as tar.gz, ${bytes - budget} over its budget of ${budget}: every job of a consumer downloads it. ` +
      'What is big is in actions/*/dist; a dependency that is loaded whole for a little is the usual cause',
  );
}
