import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Grace, processes } from '../../src/workflow/processes.ts';
import { temporaryFolder } from './harness.ts';

/** Long where a process should use it, short where the next signal is what the test is about. */
const LONG = 30_000;
const SHORT = { interrupt: 50, terminate: 1_500, output: 500 };
const SOON = { timeout: 20_000 };

/** Node as a step's process; it is cancelled when it has printed "ready". */
async function cancelled(script: string, grace: Partial<Grace> = {}) {
  const control = new AbortController();
  const lines: string[] = [];
  const own = processes('github_test', { ...SHORT, ...grace });
  onTestFinished(() => own.end());
  const code = await own.run({
    command: process.execPath,
    args: ['-e', script],
    folder: temporaryFolder(),
    environment: {},
    onLine: (line) => {
      lines.push(line);
      if (line === 'ready') control.abort();
    },
    signal: control.signal,
  });
  return { code, lines, own };
}

/** A zombie that nobody has waited for yet is dead as well. */
function alive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const STAY = 'setInterval(() => {}, 1000); console.log("ready");';

describe('the processes of a job', () => {
  it('are asked with SIGINT, then SIGTERM, then killed', async () => {
    const polite = await cancelled(`process.on('SIGINT', () => { console.log('bye'); process.exit(0); }); ${STAY}`, {
      interrupt: LONG,
    });
    expect(polite).toMatchObject({ code: 0, lines: ['ready', 'bye'] });

    const deaf = await cancelled(
      `process.on('SIGINT', () => console.log('INT')); process.on('SIGTERM', () => { console.log('TERM'); process.exit(3); }); ${STAY}`,
      { terminate: LONG },
    );
    expect(deaf).toMatchObject({ code: 3, lines: ['ready', 'INT', 'TERM'] });

    const stubborn = await cancelled(
      `process.on('SIGINT', () => console.log('INT')); process.on('SIGTERM', () => console.log('TERM')); ${STAY}`,
    );
    expect(stubborn).toMatchObject({ code: 137, lines: ['ready', 'INT', 'TERM'] });
  });

  it('that a cancelled step has started end with it', async () => {
    const { lines } = await cancelled(
      `const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGINT", () => {}); setInterval(() => {}, 1000); console.log("up")'], { stdio: ['ignore', 'pipe', 'inherit'] });
       child.stdout.on('data', () => { console.log(child.pid); console.log('ready'); });
       process.on('SIGINT', () => process.exit(1));`,
      { interrupt: LONG },
    );
    const pid = Number(lines[0]);
    await vi.waitFor(() => expect(alive(pid)).toBe(false), SOON);
  });

  it('live on in the background until the job ends, also those that have left the group', async () => {
    const own = processes('github_background', SHORT);
    const lines: string[] = [];
    const code = await own.run({
      command: '/bin/sh',
      args: ['-c', 'sleep 1000 & echo $!; setsid sleep 1000 >/dev/null 2>&1 & echo $!'],
      folder: temporaryFolder(),
      environment: { PATH: process.env.PATH ?? '' },
      onLine: (line) => lines.push(line),
      signal: new AbortController().signal,
    });
    const pids = lines.map(Number);
    expect(code).toBe(0);
    expect(pids.map(alive)).toEqual([true, true]);
    own.end();
    await vi.waitFor(() => expect(pids.map(alive)).toEqual([false, false]), SOON);
  });

  it('end with this process, even if that just exits', async () => {
    const module = new URL('../../src/workflow/processes.ts', import.meta.url).pathname;
    const script = `import { processes } from ${JSON.stringify(module)};
      processes('github_exit').run({
        command: process.execPath,
        args: ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'],
        folder: '/', environment: {}, signal: new AbortController().signal,
        onLine: (line) => { console.log(line); process.exit(0); },
      });`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const pid = Number(stdout.trim());
    expect(pid).toBeGreaterThan(1);
    await vi.waitFor(() => expect(alive(pid)).toBe(false), SOON);
  });

  it('that cannot be started, or that a signal ends, are told apart from the others', async () => {
    const own = processes('github_none', SHORT);
    const options = {
      folder: temporaryFolder(),
      environment: {},
      onLine: () => {},
      signal: new AbortController().signal,
    };
    await expect(own.run({ ...options, command: join(options.folder, 'none'), args: [] })).rejects.toThrow('ENOENT');
    const code = await own.run({ ...options, command: '/bin/sh', args: ['-c', 'kill -TERM $$'] });
    expect(code).toBe(143);
    own.end();
    expect(execFileSync('/bin/sh', ['-c', 'echo still here'], { encoding: 'utf8' })).toBe('still here\n');
  });
});
