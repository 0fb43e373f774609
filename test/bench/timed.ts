import { spawnSync } from 'node:child_process';

export interface TimedRun {
  readonly milliseconds: number;
  readonly exitCode: number | null;
  readonly log: string;
}

/** Runs this Node with those arguments and nothing of this environment; from its start to its end. */
export function timed(args: readonly string[], env: Readonly<Record<string, string>>): TimedRun {
  const start = performance.now();
  const { status, stdout } = spawnSync(process.execPath, args, { env, timeout: 10_000 });
  return { milliseconds: performance.now() - start, exitCode: status, log: stdout.toString('utf8') };
}
