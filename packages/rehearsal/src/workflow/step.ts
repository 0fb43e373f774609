import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { booleanOf, holds, numberOf, type Scope, stillHolds, textOf, textsOf } from './expression.ts';
import { type JobState, stepScope } from './job-state.ts';
import type { StepPlan } from './plan.ts';
import { makeRunnerFiles, parsePaths, parseVariables, type RunnerFiles, readRunnerFile } from './runner-files.ts';
import { type StepOutput, stepOutput } from './step-output.ts';
import { doWork, type Phase } from './step-work.ts';
import { timeLimit } from './time-limit.ts';
import type { Conclusion, StepLabel, StepResult } from './types.ts';

/** A phase of a step: most have one, an action with `pre` or `post` has up to three. */
export interface StepRun {
  readonly plan: StepPlan;
  readonly phase: Phase;
  readonly index: number;
  /** What the action saves for its later phases. */
  readonly saved: Map<string, string>;
}

/** Runs one phase of a step, or skips it, and tells the listener. What fails in it fails the step. */
export async function runStep(state: JobState, step: StepRun): Promise<StepResult> {
  const { plan, phase } = step;
  const startedAt = new Date().toISOString();
  const files = await makeRunnerFiles(state.folders.temp);
  let label: StepLabel = { index: step.index, phase, name: state.masks.mask(displayName(plan, phase)) };
  const tell = state.options.listener;
  const output = stepOutput({
    masks: state.masks,
    debug: state.debug,
    state: step.saved,
    workspace: state.folders.workspace,
    write: (line) => tell({ type: 'step-log', job: state.label, step: label, line }),
  });
  let begun = false;
  const begin = (name = label.name) => {
    if (begun) return;
    begun = true;
    label = { ...label, name };
    tell({ type: 'step-started', job: state.label, step: label });
  };

  let verdict: Verdict = { outcome: 'failure', mayFail: false };
  try {
    const github = { ...state.github, action: plan.id, ...actionSource(plan), ...files };
    verdict = await carryOut({ state, step, files, github, environment: new Map(state.environment), output, begin });
  } catch (error) {
    begin();
    output.error((error as Error).message);
  }

  const { outcome } = verdict;
  const conclusion = outcome === 'failure' && verdict.mayFail ? 'success' : outcome;
  const outputs = Object.fromEntries(output.outputs);
  const named = !plan.id.startsWith('__');
  if (phase === 'main' && named) state.steps.set(plan.id, { outputs, outcome, conclusion });
  const result: StepResult = {
    name: label.name,
    phase,
    ...(named && { id: plan.id }),
    ...(plan.work.kind !== 'script' && { uses: plan.work.uses }),
    outcome,
    conclusion,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, state.masks.mask(value)])),
    log: output.log,
    summary: state.masks.mask(await readRunnerFile(files.step_summary)),
    annotations: output.annotations,
    startedAt,
    completedAt: new Date().toISOString(),
  };
  tell({ type: 'step-finished', job: state.label, step: label, result });
  return result;
}

interface Verdict {
  readonly outcome: Conclusion;
  /** `continue-on-error` */
  readonly mayFail: boolean;
}

interface Attempt {
  readonly state: JobState;
  readonly step: StepRun;
  readonly files: RunnerFiles;
  readonly github: Readonly<Record<string, unknown>>;
  /** Gets the step's own `env` on top. */
  readonly environment: Map<string, string>;
  readonly output: StepOutput;
  /** The step is not skipped; only now its name can be evaluated. */
  readonly begin: (name: string) => void;
}

/** Throws on what cannot be evaluated. */
async function carryOut({ state, step, files, github, environment, output, begin }: Attempt): Promise<Verdict> {
  const { plan, phase, saved } = step;
  const scope = () => stepScope(state, environment, github);
  for (const [name, value] of Object.entries(textsOf(plan.body.find('env'), scope()))) environment.set(name, value);
  if (!holds(conditionOf(step), scope())) return { outcome: 'skipped', mayFail: false };
  const name = state.masks.mask(displayName(plan, phase, scope()));
  begin(name);

  const settings = phase === 'main' ? plan.body : undefined;
  const continueOnError = settings?.find('continue-on-error');
  const timeout = settings?.find('timeout-minutes');
  const mayFail = continueOnError ? booleanOf(continueOnError, scope()) : false;
  const minutes = timeout && numberOf(timeout, scope());
  using limit = stepSignal(state, minutes, () => stillHolds(conditionOf(step), scope()));
  const { signal } = limit;
  let succeeded = false;
  try {
    const room = { state, plan, scope: scope(), github, environment, output, saved, signal };
    succeeded = await doWork(room, plan.work, phase);
  } catch (error) {
    if (!signal.aborted) output.error((error as Error).message);
  }
  await readFiles(state, files, output, saved);
  if (limit.timedOut()) {
    output.error(`The action '${name}' has timed out after ${minutes} minutes.`);
    return { outcome: 'failure', mayFail };
  }
  if (signal.aborted) {
    output.error('The operation was canceled.');
    return { outcome: 'cancelled', mayFail };
  }
  return { outcome: succeeded && !output.failed ? 'success' : 'failure', mayFail };
}

/** An action's `pre-if` and `post-if` are its own; a step's `if` is for its main part. */
function conditionOf({ plan, phase }: StepRun): TemplateToken {
  const hook = phase !== 'main' && plan.work.kind === 'javascript' ? plan.work.action[phase] : undefined;
  return hook?.condition ?? plan.condition;
}

/** Aborted when the step's time is over, or the job is cancelled and the step's condition no longer holds. */
function stepSignal(state: JobState, minutes: number | undefined, stillWanted: () => boolean) {
  const controller = new AbortController();
  let late = false;
  const timer =
    minutes !== undefined && minutes > 0
      ? setTimeout(() => {
          late = true;
          controller.abort();
        }, timeLimit(minutes))
      : undefined;
  const cancel = () => {
    state.status = 'cancelled';
    if (!stillWanted()) controller.abort();
  };
  if (!state.signal.aborted) state.signal.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    timedOut: () => late,
    [Symbol.dispose]() {
      clearTimeout(timer);
      state.signal.removeEventListener('abort', cancel);
    },
  };
}

/** Carries out what the step has written for the runner; each file for itself, as the runner does. */
async function readFiles(
  state: JobState,
  files: RunnerFiles,
  output: StepOutput,
  saved: Map<string, string>,
): Promise<void> {
  const read: Readonly<Record<string, (text: string) => void>> = {
    path: (text) => {
      for (const path of parsePaths(text)) state.paths = [path, ...state.paths.filter((each) => each !== path)];
    },
    env: (text) => {
      for (const [name, value] of parseVariables(text)) {
        if (name.toUpperCase() === 'NODE_OPTIONS') output.error(`Can't store ${name} using '$GITHUB_ENV' command.`);
        else state.environment.set(name, value);
      }
    },
    state: (text) => {
      for (const [name, value] of parseVariables(text)) saved.set(name, value);
    },
    output: (text) => {
      for (const [name, value] of parseVariables(text)) output.outputs.set(name, value);
    },
  };
  for (const [name, carryOut] of Object.entries(read)) {
    try {
      carryOut(await readRunnerFile(files[name as keyof RunnerFiles]));
    } catch (error) {
      output.fail(`Unable to process file command '${name}' successfully.`, (error as Error).message);
    }
  }
}

/** `github.action_repository` and `github.action_ref`. */
function actionSource({ work }: StepPlan): Readonly<Record<string, string>> {
  if (work.kind === 'script' || work.uses.startsWith('./')) return {};
  const [, repository = '', ref = ''] = /^([^/]+\/[^/@]+)[^@]*@(.*)$/.exec(work.uses) ?? [];
  return { action_repository: repository, action_ref: ref };
}

/** As GitHub shows it; what cannot be evaluated yet is shown as written. */
function displayName({ body, work }: StepPlan, phase: Phase, scope?: Scope): string {
  const prefix = phase === 'main' ? '' : phase === 'pre' ? 'Pre ' : 'Post ';
  const name = body.find('name');
  if (name) return prefix + shown(name, scope);
  if (work.kind !== 'script') return `${prefix}Run ${work.uses}`;
  const run = body.find('run');
  return `Run ${(run ? shown(run, scope) : '').trimStart().split(/\r?\n/)[0]}`;
}

function shown(token: TemplateToken, scope: Scope | undefined): string {
  if (!scope) return token.toString();
  try {
    return textOf(token, scope);
  } catch {
    return token.toString();
  }
}
