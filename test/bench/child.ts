import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ChildRun {
  readonly milliseconds: number;
  /** Most memory that the process had at one time, in MiB, without its children. */
  readonly mebibytes: number;
  readonly exitCode: number | null;
  readonly log: string;
}

const place = mkdtempSync(join(tmpdir(), 'bench-child-'));
const hook = join(place, 'peak.cjs');
writeFileSync(
  hook,
  `process.on('exit', () => require('node:fs').writeFileSync(process.env.BENCH_PEAK, String(process.resourceUsage().maxRSS)));`,
);

/** Runs this Node without stopping this process, so that a stand-in here can answer. */
export async function child(entry: readonly string[], env: Readonly<Record<string, string>>): Promise<ChildRun> {
  const peak = join(place, 'peak');
  const start = performance.now();
  const running = spawn(process.execPath, ['--require', hook, ...entry], {
    env: { ...env, BENCH_PEAK: peak },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  let log = '';
  for (const stream of [running.stdout, running.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    running.once('error', reject);
    running.once('close', resolve);
  });
  return {
    milliseconds: performance.now() - start,
    mebibytes: Number(readFileSync(peak, 'utf8')) / 1024,
    exitCode,
    log,
  };
}
