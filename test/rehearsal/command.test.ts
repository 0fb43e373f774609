import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  readonly exitCode: number | null;
  readonly text: string;
  /** Files that it left in its temporary folder. */
  readonly left: readonly string[];
}

/** Runs the command as `pnpm rehearse` does, and interrupts it (SIGINT) once it has said `interruptAt`. */
function rehearsal(
  args: readonly string[],
  interruptAt?: string,
  interrupt = (child: ChildProcessWithoutNullStreams): unknown => child.kill('SIGINT'),
): Promise<Ended> {
  const place = mkdtempSync(join(tmpdir(), 'command-test-'));
  const child = spawn(process.execPath, ['-C', 'source', 'packages/rehearsal/src/cli.ts', ...args], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: place, TEMP: place },
  });
  let text = '';
  let interrupted = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (interruptAt === undefined || interrupted || !text.includes(interruptAt)) return;
      interrupted = true;
      interrupt(child);
    });
  }
  return new Promise((resolve) =>
    child.once('close', (exitCode) => {
      const left = readdirSync(place);
      rmSync(place, { recursive: true });
      resolve({ exitCode, text, left });
    }),
  );
}

describe('pnpm rehearse', { timeout: 120_000 }, () => {
  it('refuses an unknown scenario, says which was probably meant and which there are', async () => {
    const { exitCode, text } = await rehearsal(['--scenario', 'missing-secrets']);
    expect(exitCode).toBe(2);
    expect(text).toContain('There is no scenario "missing-secrets". Did you mean "missing-secret"?');
    expect(text).toContain('telemetry-backend-down');
  });

  it('refuses an unknown option', async () => {
    const { exitCode, text } = await rehearsal(['--scenari', 'delivery']);
    expect(exitCode).toBe(2);
    expect(text).toContain("Unknown option '--scenari'");
  });

  it('ends everything that it started on Ctrl-C, also half-way through a rollout', async () => {
    const { exitCode, text, left } = await rehearsal(['--scenario', 'rollout-timeout'], 'staging     ✓ Deploy');
    expect(exitCode).toBe(1);
    expect(text.trimEnd().split('\n').at(-1)).toBe('Cancelled (SIGINT): everything that was started has ended.');
    expect(left).toEqual([]);
  });

  it('ends everything, too, when the reader of its output goes', async () => {
    const { left } = await rehearsal([], 'build       ✓ Check out', (child) => child.stdout.destroy());
    expect(left).toEqual([]);
  });
});
