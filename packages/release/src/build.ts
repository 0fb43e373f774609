import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { bundle, isFresh } from './bundle.ts';
import { actionNames, ROOT } from './project.ts';
import { atMost, step } from './steps.ts';
import { buildReleaseTree } from './tree.ts';

/** Compiles and bundles the actions that are out of date; without names, all of them and the release tree. */
export async function build(only: readonly string[]): Promise<void> {
  const known = actionNames();
  const strangers = only.filter((name) => !known.includes(name));
  if (strangers.length > 0)
    throw new Error(`there is no action ${strangers.join(', ')}; the actions are ${known.join(', ')}`);
  const wanted = only.length > 0 ? only : known;
  await step('compile', () => compile(wanted));
  const stale = wanted.filter((action) => !isFresh(action));
  await atMost(availableParallelism(), stale, (action) => step(`bundle ${action}`, () => bundle(action)));
  if (only.length === 0) await step('release tree', () => buildReleaseTree());
}

/** Only what ships is compiled here: development packages run from their sources. */
async function compile(actions: readonly string[]): Promise<void> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const projects = actions.map((action) => join('actions', action));
  const status = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [tsc, '-b', ...projects], { cwd: ROOT, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error('the sources do not compile; see above');
}
