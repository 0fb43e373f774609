import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAction, UserError } from '@delivery-actions/action-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordingRunner } from './recording-runner.ts';

const STEP = fileURLToPath(new URL('fixtures/step.ts', import.meta.url));

/** Runs a behaviour of fixtures/step.ts; with a signal, sends it as soon as the step says that it is waiting. */
async function step(behaviour: string, { signal, grace }: { signal?: NodeJS.Signals; grace?: number } = {}) {
  const output = join(mkdtempSync(join(tmpdir(), 'step-')), 'output');
  writeFileSync(output, '');
  const child = spawn(
    process.execPath,
    ['-C', 'source', STEP, behaviour, ...(grace === undefined ? [] : [`${grace}`])],
    {
      env: { PATH: process.env.PATH, GITHUB_OUTPUT: output },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    if (signal !== undefined && text.includes('waiting')) child.kill(signal);
  });
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  return { exitCode, lines: log.split('\n').filter(Boolean), output: readFileSync(output, 'utf8') };
}

async function thrown(value: unknown) {
  const runner = recordingRunner();
  await runAction(() => Promise.reject(value), runner);
  return runner;
}

describe('runAction', () => {
  it('ends well when main does', async () => {
    const { exitCode, lines, output } = await step('good');
    expect(exitCode).toBe(0);
    expect(lines).toEqual([': :error::not a command', '::add-mask::hunter2']);
    expect(output).toMatch(/^answer<<(ghadelimiter_\S+)\nseveral\nlines\n\1\nsecret<<(\S+)\n\*\*\*\n\2\n$/);
  });

  it('shows a UserError as one annotation at its place, without a stack', async () => {
    const { exitCode, lines } = await step('user-error');
    expect(exitCode).toBe(1);
    expect(lines).toEqual(['::error title=Gone,file=a%2Cb.yml,line=3::The cluster is gone.%0ANext: kubectl get nodes']);
  });

  it('shows every finding of a UserError', async () => {
    const runner = await thrown(
      UserError.all([
        { level: 'error', message: 'one' },
        { level: 'error', message: 'two' },
      ]),
    );
    expect(runner.failed).toBe(true);
    expect(runner.annotations.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(runner.lines).toEqual([]);
  });

  it('shows a bug with its stack and says that it is one', async () => {
    const { exitCode, lines } = await step('bug');
    expect(exitCode).toBe(1);
    expect(lines[0]).toBe('TypeError: x is not a function');
    expect(lines[1]).toMatch(/^ {4}at .*step\.ts:\d+/);
    expect(lines.at(-1)).toBe(
      '::error title=This is a bug::This is a bug in the action, not in your workflow: x is not a function%0ANext: report it with the stack in the log; run again with debug logging (RUNNER_DEBUG=1) to see every request',
    );
  });

  it('fails on a thrown value that is not an Error', async () => {
    const { exitCode, lines } = await step('string');
    expect(exitCode).toBe(1);
    expect(lines[0]).toBe("a thrown value that is not an Error: 'just text'");
  });

  it('fails with one annotation whatever is thrown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withNullPrototype: true, withBigInt: true }), async (value) => {
        const runner = await thrown(value);
        expect([runner.failed, runner.annotations.length]).toEqual([true, 1]);
      }),
    );
  });

  it('hides a secret in the message and the stack of a bug', async () => {
    const runner = recordingRunner();
    await runAction(async (run) => {
      run.mask('hunter2');
      throw new Error('login as root:hunter2');
    }, runner);
    expect(JSON.stringify([runner.lines, runner.annotations])).not.toContain('hunter2');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('says one clear line when it is cancelled by %s', async (signal) => {
    const { exitCode, lines } = await step('waiting', { signal });
    expect(exitCode).toBe(1);
    expect(lines).toEqual(['waiting', `Cancelled (${signal}): connections closed, nothing half-written.`]);
  });

  it('ends by itself before the runner kills it, although main does not listen', async () => {
    const { exitCode, lines } = await step('deaf', { signal: 'SIGINT', grace: 100 });
    expect(exitCode).toBe(1);
    expect(lines).toEqual(['waiting', 'Cancelled (SIGINT): what was still open after 0.1s was dropped.']);
  });

  it('fails when main waits for something that can never come', async () => {
    expect((await step('forgotten')).exitCode).not.toBe(0);
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
    await thrown(new Error('x'));
    expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(before);
  });
});
