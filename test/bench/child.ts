import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ChildRun {
  readonly milliseconds: number;
  /** Most memory that the process had at one time, in MiB, without its children. */
  readonly mebibytes: number;
  readonly exitCode: number | null;
  readonly log: string;
}

/**
 * Runs this Node with nothing of this environment and without stopping this process, so that a stand-in here can answer.
 * `place` is a folder for what it needs.
 */
export async function child(
  entry: readonly string[],
  env: Readonly<Record<string, string>>,
  place: string,
): Promise<ChildRun> {
  const [hook, peak] = [join(place, 'peak.cjs'), join(place, 'peak')];
  writeFileSync(
    hook,
    `process.on('exit', () => require('node:fs').writeFileSync(process.env.BENCH_PEAK, String(process.resourceUsage().maxRSS)));`,
  );
  const start = performance.now();
  const running = spawn(process.execPath, ['--require', hook, ...entry], {
    env: { ...env, BENCH_PEAK: peak },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
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

/** A figure of a run that failed would be of something else. */
export async function passed(run: Promise<ChildRun>): Promise<ChildRun> {
  const result = await run;
  if (result.exitCode !== 0) throw new Error(`ended with ${result.exitCode}:\n${result.log}`);
  return result;
}
