import { inspect } from 'node:util';
import { openRun, type Run } from './run.ts';
import { githubRunner, type Runner } from './runner.ts';
import { UserError } from './user-error.ts';

/** Milliseconds. A cancelled job gets SIGINT, SIGTERM 7.5 s later and is killed 2.5 s after that (actions/runner, ProcessInvoker). */
const GRACE_AFTER_SIGNAL = 5_000;

/** Runs an action: the only `try`, the only exit code. */
export async function runAction(
  main: (run: Run) => Promise<void>,
  runner: Runner = githubRunner(),
  graceAfterSignal = GRACE_AFTER_SIGNAL,
): Promise<void> {
  const cancel = new AbortController();
  const run = openRun(runner, cancel.signal);
  const stop = (signal: NodeJS.Signals) => {
    cancel.abort(signal);
    setTimeout(() => {
      run.line(`Cancelled (${signal}): what was still open after ${graceAfterSignal / 1_000}s was dropped.`);
      process.exit(1);
    }, graceAfterSignal).unref();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await main(run);
  } catch (thrown) {
    runner.fail();
    explain(thrown, run);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function explain(thrown: unknown, run: Run): void {
  if (run.signal.aborted) {
    run.line(`Cancelled (${String(run.signal.reason)}): connections closed, nothing half-written.`);
    return;
  }
  if (thrown instanceof UserError) {
    for (const finding of thrown.findings) run.annotate(finding);
    return;
  }
  const text = thrown instanceof Error ? thrown.message : inspect(thrown);
  run.line(thrown instanceof Error ? (thrown.stack ?? text) : `a thrown value that is not an Error: ${text}`);
  run.annotate({
    level: 'error',
    title: 'This is a bug',
    message: `This is a bug in the action, not in your workflow: ${text}`,
    hint: 'report it with the stack in the log; run again with debug logging (RUNNER_DEBUG=1) to see every request',
  });
}
