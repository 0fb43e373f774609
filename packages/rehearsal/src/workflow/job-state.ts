import { data } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/index';
import type { JobFolders } from './contexts.ts';
import { type Scope, texts, toValue, type Value } from './expression.ts';
import { hashFiles } from './hash-files.ts';
import type { Masks } from './masks.ts';
import type { JobPlan } from './plan.ts';
import type { Processes } from './processes.ts';
import type { Conclusion, JobLabel, Variables, WorkflowOptions } from './types.ts';

export type JobStatus = 'success' | 'failure' | 'cancelled';

/** `steps.<id>` */
export interface StepValue {
  readonly outputs: Variables;
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
}

/** One job while it runs: what its steps have in common and what they change for each other. */
export interface JobState {
  readonly plan: JobPlan;
  /** The workflow around it. */
  readonly root: MappingToken;
  readonly label: JobLabel;
  readonly options: WorkflowOptions;
  readonly folders: JobFolders;
  readonly masks: Masks;
  readonly processes: Processes;
  readonly debug: boolean;
  /** `github` without what belongs to a step. */
  readonly github: Readonly<Record<string, unknown>>;
  readonly runner: Variables;
  /** `vars`, `secrets`, `needs`, `strategy`, `matrix`, `inputs`. */
  readonly fixed: ReadonlyMap<string, Value>;
  /** Aborted when the job is cancelled or its time is over. */
  readonly signal: AbortSignal;
  status: JobStatus;
  /** The workflow's and the job's `env`, and what steps have added through GITHUB_ENV. */
  readonly environment: Map<string, string>;
  /** What steps have added through GITHUB_PATH, the latest first. */
  paths: readonly string[];
  readonly steps: Map<string, StepValue>;
}

/** What a step of the job can see now. */
export function stepScope(
  state: JobState,
  environment: ReadonlyMap<string, string>,
  github: Readonly<Record<string, unknown>>,
): Scope {
  const contexts = new Map<string, Value>(state.fixed);
  contexts.set('github', toValue(github));
  contexts.set('runner', texts(state.runner));
  contexts.set('env', texts(Object.fromEntries(environment)));
  contexts.set('job', toValue({ status: state.status, container: {}, services: {} }));
  contexts.set('steps', toValue(Object.fromEntries(state.steps)));
  const functions = statusFunctions({
    success: () => state.status === 'success',
    failure: () => state.status === 'failure',
    cancelled: () => state.status === 'cancelled',
  });
  functions.set('hashfiles', {
    name: 'hashFiles',
    minArgs: 1,
    maxArgs: 255,
    call: (...args) =>
      new data.StringData(
        hashFiles(
          state.folders.workspace,
          args.map((arg) => arg.coerceString()),
        ),
      ),
  });
  return { file: state.options.file, contexts, functions };
}

/** `success()` and the others; jobs may be named as arguments in the `if` of a job. */
export function statusFunctions(
  status: Readonly<Record<'success' | 'failure' | 'cancelled', (jobs: readonly string[]) => boolean>>,
): Map<string, FunctionDefinition> {
  const entries = Object.entries({ ...status, always: () => true });
  return new Map(
    entries.map(([name, holds]) => [
      name,
      {
        name,
        minArgs: 0,
        maxArgs: Number.MAX_SAFE_INTEGER,
        call: (...args) => new data.BooleanData(holds(args.map((arg) => arg.coerceString()))),
      },
    ]),
  );
}
