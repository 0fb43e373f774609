import { openRun, type Run } from './run.ts';
import { githubRunner, type Runner } from './runner.ts';
import { UserError } from './user-error.ts';

/** A cancelled job gets SIGINT, SIGTERM 7.5 s later and is killed 2.5 s after that (actions/runner, ProcessInvoker). */
const GRACE_AFTER_SIGNAL = 5_000;

/** Runs an action: the only `try`, the only exit code. */
export async function runAction(main: (run: Run) => Promise<void>, runner: Runner = githubRunner()): Promise<void> {
  const cancel = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    cancel.abort(signal);
    setTimeout(() => process.exit(1), GRACE_AFTER_SIGNAL).unref();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const run = openRun(runner, cancel.signal);
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
  const stack =
    thrown instanceof Error
      ? (thrown.stack ?? thrown.message)
      : `a thrown value that is not an Error: ${String(thrown)}`;
  run.line(stack);
  run.annotate({
    level: 'error',
    title: 'This is a bug',
    message: `This is a bug in the action, not in your workflow: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    hint: 'report it with the stack in the log; run again with debug logging (RUNNER_DEBUG=1) to see every request',
  });
}
