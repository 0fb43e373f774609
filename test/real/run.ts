import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { formatDuration } from '@delivery-actions/action-kit';

/** What a `*.real.ts` module exports: one judgement by a real tool or server. `run` throws when the verdict is bad. */
export interface RealTest {
  readonly name: string;
  /** Needs minutes to build or to run: only with `--all`, or when it is asked for by name. */
  readonly slow?: boolean;
  run(): Promise<'passed' | { readonly skipped: string }>;
}

const USAGE = 'usage: node -C source test/real/run.ts [names...] [--all]';

/** Runs the tests one after another and answers the exit code: 1 on any failure, and when none ran at all. */
export async function runRealTests(tests: readonly RealTest[], write: (line: string) => void): Promise<number> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const end = (result: keyof typeof count, name: string, detail: string) => {
    count[result] += 1;
    write(`${result.padEnd(8)}${name}  ${detail}`);
  };
  for (const { name, run } of tests) {
    write(`running ${name}`);
    const start = performance.now();
    const duration = () => formatDuration(performance.now() - start);
    try {
      const result = await run();
      if (result === 'passed') end('passed', name, duration());
      else end('skipped', name, `${duration()}  ${result.skipped}`);
    } catch (thrown) {
      end('failed', name, duration());
      write(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    }
  }
  if (count.passed + count.failed === 0) write('No test ran, so nothing was judged: that is a failure.');
  write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  return count.failed > 0 || count.passed === 0 ? 1 : 0;
}

/** The modules of this folder, sorted by file name; slow ones that nobody asked for become skips that say so. */
async function chosen(args: readonly string[]): Promise<readonly RealTest[]> {
  const all = args.includes('--all');
  const names = args.filter((arg) => arg !== '--all');
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const tests = new Map<string, RealTest>();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.real.ts'))
    .sort()) {
    tests.set(file.replace('.real.ts', ''), await loaded(folder, file));
  }
  const unknown = names.filter((name) => !tests.has(name));
  if (unknown.length > 0)
    throw new Error(`there is no ${unknown.join(', ')} here; the tests are: ${[...tests.keys()].join(', ')}\n${USAGE}`);
  if (names.length > 0) return names.flatMap((name) => tests.get(name) ?? []);
  return [...tests].map(([file, test]) =>
    test.slow && !all
      ? { name: test.name, run: async () => ({ skipped: `slow; run it with: pnpm test:real ${file}, or --all` }) }
      : test,
  );
}

/** A module that cannot be loaded is a failed test, not the end of all others. */
async function loaded(folder: string, file: string): Promise<RealTest> {
  try {
    return (await import(pathToFileURL(join(folder, file)).href)) as RealTest;
  } catch (thrown) {
    return { name: file, run: () => Promise.reject(thrown) };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await runRealTests(await chosen(process.argv.slice(2)), console.log);
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : thrown);
    process.exitCode = 1;
  }
}
