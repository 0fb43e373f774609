import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Measured {
  readonly milliseconds: number;
  /** The most memory that was resident, in bytes; only when asked for. */
  readonly peak?: number;
  readonly exitCode: number | null;
  readonly log: string;
}

/** Runs this Node with nothing of this environment, while a server in this process goes on answering. */
export async function child(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  memory?: { readonly place: string },
): Promise<Measured> {
  const result = memory && join(memory.place, 'peak');
  const watch = memory === undefined ? [] : ['--require', watcher(memory.place)];
  const start = performance.now();
  const running = spawn(process.execPath, [...watch, ...args], {
    env: { ...env, ...(result === undefined ? {} : { PEAK_FILE: result }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let log = '';
  for (const stream of [running.stdout, running.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    running.once('error', reject);
    running.once('close', resolve);
  });
  const milliseconds = performance.now() - start;
  return {
    milliseconds,
    exitCode,
    log,
    ...(result === undefined ? {} : { peak: Number(readFileSync(result, 'utf8')) }),
  };
}

/** A module that writes down, at the end of a process, the most memory that it had. */
function watcher(place: string): string {
  const path = join(place, 'watcher.cjs');
  writeFileSync(
    path,
    `process.on('exit', () => require('node:fs').writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS * 1024)));\n`,
  );
  return path;
}
