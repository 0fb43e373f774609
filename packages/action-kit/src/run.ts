import { type RunContext, readContext } from './context.ts';
import { type InputReader, inputReader } from './inputs.ts';
import { redactor } from './redactor.ts';
import { type Finding, findingText } from './report/finding.ts';
import { reportJson } from './report/json.ts';
import { logLines } from './report/log.ts';
import { redactedFinding, redactedReport } from './report/redacted.ts';
import type { Report } from './report/report.ts';
import { summaryMarkdown } from './report/summary.ts';
import type { Runner } from './runner.ts';

export type OutputValue = string | number | boolean;

/** What an action has in hand while it runs. Everything that leaves through it passes the redactor. */
export interface Run {
  readonly inputs: InputReader;
  /** Read and validated at first use; throws a UserError with all that is wrong. */
  readonly context: RunContext;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the repository is checked out; paths of inputs are relative to it. */
  readonly workspace: string;
  /** Aborted when the job is cancelled (SIGINT, then SIGTERM after 7.5 s, then the end after 2.5 s more). */
  readonly signal: AbortSignal;
  /** Hides a value in everything printed from now on, here and by the runner. Call it before the first use. */
  mask(secret: string): void;
  redact(text: string): string;
  /** One line of the log, at once: for what a person watches while it happens. */
  line(text: string): void;
  /** Shown with RUNNER_DEBUG=1 only. */
  debug(text: string): void;
  /** One annotation, at once. What belongs to the result goes into the report instead. */
  annotate(finding: Finding): void;
  /** Shows the report on all its faces and fails the step if the verdict says so. Answers its JSON. */
  report<Row extends object>(report: Report<Row>): Promise<string>;
  /** All of the action's outputs, once, when they are complete. */
  outputs(values: Readonly<Record<string, OutputValue>>): void;
}

export function openRun(runner: Runner, signal: AbortSignal): Run {
  const secrets = redactor();
  let context: RunContext | undefined;

  const run: Run = {
    inputs: inputReader({
      env: runner.env,
      mask: (secret) => run.mask(secret),
      warn: (finding) => run.annotate(finding),
    }),
    get context() {
      context ??= readContext(runner.env);
      return context;
    },
    env: runner.env,
    workspace: runner.env.GITHUB_WORKSPACE || process.cwd(),
    signal,
    mask(secret) {
      if (secret.trim() === '') return;
      secrets.add(secret);
      runner.mask(secret);
    },
    redact: secrets.redact,
    line(text) {
      // The runner ends a line at a lone carriage return too.
      for (const line of secrets.redact(text).split(/\r\n|\r|\n/)) runner.write(defused(line));
    },
    debug(text) {
      runner.debug(defused(secrets.redact(text)));
    },
    annotate(finding) {
      const safe = redactedFinding(finding, secrets.redact);
      runner.annotate(safe, findingText(safe));
    },
    async report(report) {
      const safe = redactedReport(report, secrets.redact);
      for (const line of logLines(safe)) run.line(line);
      for (const finding of safe.findings) run.annotate(finding);
      try {
        await runner.summary(summaryMarkdown(safe));
      } catch (error) {
        // A verdict does not depend on whether it can be shown.
        run.annotate({ level: 'warning', message: `The job summary could not be written: ${String(error)}` });
      }
      run.line(safe.verdict.text);
      if (!safe.verdict.passed) runner.fail();
      return reportJson(safe, secrets.redact);
    },
    outputs(values) {
      for (const [name, value] of Object.entries(values)) runner.output(name, secrets.redact(String(value)));
    },
  };
  return run;
}

/**
 * Text from outside must not reach the runner as a workflow command: `::add-path::` at the start of a line, after anything
 * that .NET trims or ignores, or `##[group]` anywhere (actions/runner, ActionCommand.cs).
 */
function defused(line: string): string {
  return line.replace(/^([\s\p{Cc}\p{Cf}]*):(?=:)/u, '$1: ').replaceAll('##[', '## [');
}
