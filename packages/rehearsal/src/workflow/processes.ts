import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Variables } from './types.ts';

/** How long a cancelled process may take, in milliseconds; actions/runner's ProcessInvoker.cs has these figures. */
export interface Grace {
  /** Between SIGINT and SIGTERM. */
  readonly interrupt: number;
  /** Between SIGTERM and SIGKILL. */
  readonly terminate: number;
  /** How long the output of a process that has ended may stay open: something that it started still has it. */
  readonly output: number;
}

export const RUNNER_GRACE: Grace = { interrupt: 7_500, terminate: 2_500, output: 5_000 };

interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Variables;
  /** Each line of both outputs, without its end. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The processes of one job: each step's leads a group of its own, which lives on in the background until the job ends. */
export interface Processes {
  /** The exit code; a process that a signal ended has 128 plus its number. Throws if it cannot be started. */
  run(options: ProcessOptions): Promise<number>;
  /** Kills whatever the job's steps have left behind. */
  end(): void;
}

/** Marks every process of a job, so that one that has left its group is found at the job's end, as the runner does. */
export const TRACKING_VARIABLE = 'RUNNER_TRACKING_ID';

/** Groups that may have processes. This process must not leave them behind, however it exits. */
const groups = new Set<number>();
process.on('exit', () => {
  for (const group of groups) send(group, 'SIGKILL');
});

export function processes(trackingId: string, grace: Grace = RUNNER_GRACE): Processes {
  const own = new Set<number>();
  return {
    async run({ command, args, folder, environment, onLine, signal }) {
      signal.throwIfAborted();
      const child = spawn(command, args, {
        cwd: folder,
        env: { ...environment, [TRACKING_VARIABLE]: trackingId },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, for the signals; Ctrl-C in this terminal is not for it.
        detached: true,
      });
      const group = child.pid;
      if (group !== undefined) {
        own.add(group);
        groups.add(group);
      }
      const cancel = () => interrupt(child, grace);
      signal.addEventListener('abort', cancel, { once: true });
      child.once('exit', () => {
        // What it has started must not outlive a cancelled step.
        if (signal.aborted && group !== undefined) send(group, 'SIGKILL');
      });
      try {
        return await ended(child, onLine, grace);
      } finally {
        signal.removeEventListener('abort', cancel);
        if (group !== undefined && send(group, 0) === 'gone') {
          own.delete(group);
          groups.delete(group);
        }
      }
    },
    end() {
      for (const group of own) {
        send(group, 'SIGKILL');
        groups.delete(group);
      }
      own.clear();
      killTracked(trackingId);
    },
  };
}

/** The whole group is asked, not its leader alone: a shell would let its child run on until it is killed. */
function interrupt(child: ChildProcess, grace: Grace): void {
  const group = child.pid;
  if (group === undefined) return;
  if (child.exitCode !== null || child.signalCode !== null) {
    send(group, 'SIGKILL');
    return;
  }
  send(group, 'SIGINT');
  const terminate = setTimeout(() => {
    send(group, 'SIGTERM');
    const kill = setTimeout(() => send(group, 'SIGKILL'), grace.terminate);
    child.once('exit', () => clearTimeout(kill));
  }, grace.interrupt);
  child.once('exit', () => clearTimeout(terminate));
}

function ended(child: ChildProcess, onLine: (line: string) => void, grace: Grace): Promise<number> {
  const finish = [lines(child.stdout, onLine), lines(child.stderr, onLine)];
  return new Promise((resolve, reject) => {
    let open: NodeJS.Timeout | undefined;
    child.once('error', reject);
    child.once('exit', () => {
      open = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, grace.output);
    });
    child.once('close', (code, signal) => {
      clearTimeout(open);
      for (const each of finish) each();
      resolve(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0));
    });
  });
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Cuts a stream into lines; the function that it gives tells the last one if that has no end. */
function lines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): () => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line.replace(/\r$/, ''));
  });
  return () => {
    rest += decoder.end();
    if (rest !== '') onLine(rest.replace(/\r$/, ''));
  };
}

function send(group: number, signal: NodeJS.Signals | 0): 'sent' | 'gone' {
  try {
    process.kill(-group, signal);
    return 'sent';
  } catch {
    return 'gone';
  }
}

/** Only Linux lets one read the environment of a process; elsewhere the groups have to do. */
function killTracked(trackingId: string): void {
  if (process.platform !== 'linux') return;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (environment.includes(`${TRACKING_VARIABLE}=${trackingId}`)) process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended, or belongs to somebody else.
    }
  }
}
