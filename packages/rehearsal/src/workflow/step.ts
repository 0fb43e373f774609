import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { booleanOf, holds, numberOf, type Scope, textOf, textsOf } from './expression.ts';
import { type JobState, stepScope } from './job-state.ts';
import type { StepPlan } from './plan.ts';
import { makeRunnerFiles, parsePaths, parseVariables, type RunnerFiles, readRunnerFile } from './runner-files.ts';
import { type StepOutput, stepOutput } from './step-output.ts';
import { doWork, type Phase } from './step-work.ts';
import type { Conclusion, StepLabel, StepResult } from './types.ts';

/** A phase of a step: most have one, an action with `pre` or `post` has up to three. */
export interface StepRun {
  readonly plan: StepPlan;
  readonly phase: Phase;
  readonly index: number;
  /** What the action saves for its later phases. */
  readonly saved: Map<string, string>;
}

/** Runs one phase of a step, or skips it, and tells the listener. Never throws. */
export async function runStep(state: JobState, step: StepRun): Promise<StepResult> {
  const { plan, phase } = step;
  const startedAt = new Date().toISOString();
  const files = await makeRunnerFiles(state.folders.temp);
  const github = { ...state.github, action: plan.id, ...actionSource(plan), ...files };
  const environment = new Map(state.environment);
  let label: StepLabel = { index: step.index, phase, name: state.masks.mask(displayName(plan, phase)) };
  const tell = state.options.listener;
  const output = stepOutput({
    masks: state.masks,
    debug: state.debug,
    state: step.saved,
    workspace: state.folders.workspace,
    write: (line) => tell({ type: 'step-log', job: state.label, step: label, line }),
  });

  let outcome: Conclusion = 'success';
  let continueOnError = false;
  let started = false;
  const start = () => {
    if (!started) tell({ type: 'step-started', job: state.label, step: label });
    started = true;
  };
  try {
    const before = stepScope(state, environment, github);
    for (const [name, value] of Object.entries(textsOf(plan.body.find('env'), before))) environment.set(name, value);
    const scope = () => stepScope(state, environment, github);
    if (!conditionHolds(step, scope())) outcome = 'skipped';
    else {
      label = { ...label, name: state.masks.mask(displayName(plan, phase, scope())) };
      start();
      continueOnError = phase === 'main' && optional(plan.body.find('continue-on-error'), scope(), booleanOf) === true;
      const minutes = phase === 'main' ? optional(plan.body.find('timeout-minutes'), scope(), numberOf) : undefined;
      using limit = stepSignal(state, minutes, () => conditionHolds(step, scope()));
      try {
        const room = {
          state,
          plan,
          scope: scope(),
          github,
          environment,
          output,
          saved: step.saved,
          signal: limit.signal,
        };
        if (!(await doWork(room, plan.work, phase))) outcome = 'failure';
      } catch (error) {
        outcome = 'failure';
        if (!limit.signal.aborted) output.error((error as Error).message);
      }
      await readFiles(state, files, output, step.saved);
      if (output.failed) outcome = 'failure';
      if (limit.signal.aborted) {
        outcome = limit.timedOut() ? 'failure' : 'cancelled';
        output.error(
          limit.timedOut()
            ? `The action '${label.name}' has timed out after ${minutes} minutes.`
            : 'The operation was canceled.',
        );
      }
    }
  } catch (error) {
    start();
    outcome = 'failure';
    output.error((error as Error).message);
  }

  const conclusion = outcome === 'failure' && continueOnError ? 'success' : outcome;
  const outputs = Object.fromEntries(output.outputs);
  if (phase === 'main' && !plan.id.startsWith('__')) state.steps.set(plan.id, { outputs, outcome, conclusion });
  const uses = plan.work.kind === 'script' ? undefined : plan.work.uses;
  const result: StepResult = {
    name: label.name,
    phase,
    ...(!plan.id.startsWith('__') && { id: plan.id }),
    ...(uses !== undefined && { uses }),
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

function conditionHolds({ plan, phase }: StepRun, scope: Scope): boolean {
  const hook = phase !== 'main' && plan.work.kind === 'javascript' ? plan.work.action[phase] : undefined;
  return holds(hook?.condition ?? plan.condition, scope);
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
        }, minutes * 60_000)
      : undefined;
  const cancel = () => {
    state.status = 'cancelled';
    let wanted = false;
    try {
      wanted = stillWanted();
    } catch {
      // A condition that cannot be evaluated any more does not hold.
    }
    if (!wanted) controller.abort();
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

function optional<T>(
  token: TemplateToken | undefined,
  scope: Scope,
  read: (token: TemplateToken, scope: Scope) => T,
): T | undefined {
  return token && read(token, scope);
}
