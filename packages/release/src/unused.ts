import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minify } from 'terser';

/** What nothing uses goes, such as most of a library that is one file; everything else stays as it is read: names, comments, lines. */
const ONLY_UNUSED = {
  compress: { defaults: false, unused: true, dead_code: true, side_effects: true, passes: 2 },
  mangle: false,
  keep_fnames: true,
  keep_classnames: true,
  format: { beautify: true, comments: 'all', indent_level: 2 },
  ecma: 2020,
} as const;

/** Takes the code that nothing uses out of a bundle: webpack marks it, and ncc leaves it. */
export async function dropUnused(folder: string): Promise<void> {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const path = join(folder, file);
    const { code } = await minify(readFileSync(path, 'utf8'), ONLY_UNUSED);
    if (code === undefined) throw new Error(`${path}: nothing is left of it`);
    writeFileSync(path, `${code}\n`);
  }
}
