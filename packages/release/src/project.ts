import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that this file belongs to. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Everything that is made and not an action's dist; never in git. */
export const BUILD = join(ROOT, 'build');

/** The names of the actions, sorted: a folder of actions/ with an action.yml is one, nothing else lists them. */
export function actionNames(root = ROOT): string[] {
  return readdirSync(join(root, 'actions'))
    .filter((name) => existsSync(join(root, 'actions', name, 'action.yml')))
    .sort();
}
