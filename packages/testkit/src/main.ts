import { type Finding, type Run, type Runner, runAction } from '@delivery-actions/action-kit';
import { type Circumstances, stepEnv } from './env.ts';

/** What a user would see of a step. */
export interface Recorded {
  readonly exitCode: number;
  /** Log lines without annotations. */
  readonly lines: readonly string[];
  readonly annotations: readonly Finding[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly masked: readonly string[];
  /** Lines that only RUNNER_DEBUG=1 shows. */
  readonly debug: readonly string[];
}

/** Runs an action's `main` in this process, with everything real but the runner; pass fakes by closing over them. */
export async function runMain(
  action: string,
  main: (run: Run) => Promise<void>,
  circumstances: Circumstances = {},
): Promise<Recorded> {
  const recorded = {
    exitCode: 0,
    lines: [] as string[],
    annotations: [] as Finding[],
    outputs: {} as Record<string, string>,
    summary: '',
    masked: [] as string[],
    debug: [] as string[],
  };
  const runner: Runner = {
    env: stepEnv(action, circumstances),
    write: (line) => recorded.lines.push(line),
    debug: (line) => recorded.debug.push(line),
    annotate: (finding) => recorded.annotations.push(finding),
    mask: (value) => recorded.masked.push(value),
    output(name, value) {
      recorded.outputs[name] = value;
    },
    async summary(markdown) {
      recorded.summary += markdown;
    },
    fail() {
      recorded.exitCode = 1;
    },
  };
  await runAction(main, runner);
  return recorded;
}
