import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionNames, buildReleaseTree, ROOT } from '@delivery-actions/release';
import { stepEnv } from '@delivery-actions/testkit';
import { actionYml } from '../contract/action.ts';
import { manyRegistries } from './many-registries.ts';
import { secrets } from './secrets.ts';
import { spread } from './spread.ts';
import { aligned } from './table.ts';
import { tags } from './tags.ts';
import { timed } from './timed.ts';
import { kilobytes, milliseconds, times } from './units.ts';

/** Milliseconds that all the measuring together may take, and the pairs that are enough where it is quick. */
const PATIENCE = 45_000;
const MOST_PAIRS = 25;
const FEWEST_PAIRS = 3;

/** `pnpm bench image-tag` measures that one alone. */
const [, , ...named] = process.argv;
const actions = named.length > 0 ? named : actionNames();

const place = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}\n`);
  bundles();
  await tree();
  if (actions.includes('validate-secrets')) await secrets(place);
  if (actions.includes('image-tag')) {
    await tags(place);
    await manyRegistries();
  }
  starts();
} finally {
  rmSync(place, { recursive: true, force: true });
}

function bundles(): void {
  const rows = actions.map((action) => {
    const files = readdirSync(join(ROOT, 'actions', action, 'dist'), { withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    const size = (name: string) => statSync(join(ROOT, 'actions', action, 'dist', name)).size;
    const chunks = files.map(({ name }) => name).filter((name) => name.endsWith('.js') && name !== 'index.js');
    return [action, kilobytes(size('index.js')), kilobytes(chunks.reduce((sum, name) => sum + size(name), 0))];
  });
  console.log(`${aligned(['bundle', 'index.js (budget 100 KB)', 'lazy chunks'], rows)}\n`);
}

async function tree(): Promise<void> {
  const { bytes } = await buildReleaseTree({ actions });
  console.log(`release tree as tar.gz: ${kilobytes(bytes)} (budget 1,000 KB)\n`);
}

/** Each action from its start to its first input error, next to a Node that does nothing, in turns. */
function starts(): void {
  const start = performance.now();
  const rows = actions.map((action, index) => {
    const end = start + ((index + 1) * PATIENCE) / actions.length;
    const { bare, own, ratios, note } = pairs(action, end);
    return [action, milliseconds(bare), milliseconds(own), times(ratios), String(ratios.count), note];
  });
  const head = ['start to the first input error', 'node -e 0', 'action', 'ratio (budget 1.5x)', 'pairs', ''];
  console.log(aligned(head, rows));
  console.log('\nEach cell: median (least to most). Ratios are of neighbours in time. Nothing here passes or fails.');
}

function pairs(action: string, end: number) {
  const entry = join(place, action);
  cpSync(join(ROOT, 'actions', action, 'dist'), entry, { recursive: true });
  // A misspelt input is an input error for any action, whether or not it requires one.
  const [name = ''] = Object.keys(actionYml(action).inputs ?? {});
  const env = {
    PATH: process.env.PATH ?? '',
    ...stepEnv(action, {}),
    [`INPUT_${name.slice(0, -1).toUpperCase()}`]: 'x',
  };
  const bare: number[] = [];
  const own: number[] = [];
  let note = '';
  for (let pair = -1; pair < MOST_PAIRS; pair += 1) {
    const nothing = timed(['-e', '0'], env);
    const start = timed([join(entry, 'index.js')], env);
    if (start.exitCode !== 1 || !start.log.includes('::error')) note = `ended with ${start.exitCode}, no input error`;
    // The first pair fills the caches.
    if (pair >= 0) {
      bare.push(nothing.milliseconds);
      own.push(start.milliseconds);
    }
    if (pair >= FEWEST_PAIRS && performance.now() > end) break;
  }
  return {
    bare: spread(bare),
    own: spread(own),
    ratios: spread(own.map((value, index) => value / (bare[index] ?? 1))),
    note,
  };
}
