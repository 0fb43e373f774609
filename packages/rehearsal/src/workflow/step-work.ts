import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { Action } from './action-file.ts';
import { runnerVariables } from './contexts.ts';
import { type Scope, textOf, textsOf } from './expression.ts';
import type { JobState } from './job-state.ts';
import type { StepPlan } from './plan.ts';
import { runDefaults } from './refusals.ts';
import { findOnPath, parseShell } from './shell.ts';
import type { StepOutput } from './step-output.ts';
import type { StepWork } from './uses.ts';

/** What a step needs for its work, made new for each phase of it. */
export interface StepRoom {
  readonly state: JobState;
  readonly plan: StepPlan;
  readonly scope: Scope;
  readonly github: Readonly<Record<string, unknown>>;
  /** `env` of the workflow, the job and the step. */
  readonly environment: ReadonlyMap<string, string>;
  readonly output: StepOutput;
  /** What an earlier phase of the action has saved. */
  readonly saved: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
}

export type Phase = 'pre' | 'main' | 'post';

/** Does the work of a step; `false` is a failure. What it throws is one as well. */
export async function doWork(room: StepRoom, work: StepWork, phase: Phase): Promise<boolean> {
  if (work.kind === 'script') return runScript(room);
  if (work.kind === 'substitute') return runSubstitute(room, work);
  return runJavaScript(room, work, phase);
}

async function runScript(room: StepRoom): Promise<boolean> {
  const { state, plan, scope, output } = room;
  const setting = (name: 'shell' | 'working-directory') => {
    const token = [plan.body, runDefaults(state.plan.body), runDefaults(state.root)]
      .map((owner) => owner?.find(name))
      .find((found) => found !== undefined);
    return token && textOf(token, scope);
  };
  const run = plan.body.find('run');
  const script = run ? textOf(run, scope) : '';
  const shell = parseShell(setting('shell'));
  const folder = resolve(state.folders.workspace, setting('working-directory') ?? '');
  if (!existsSync(folder)) throw new Error(`The working directory ${folder} is not there`);
  const environment = variables(room);
  const command = findOnPath(shell.command, environment.PATH ?? '');
  if (command === undefined) throw new Error(`There is no ${shell.command} on the PATH to run this: install it`);

  const file = join(state.folders.temp, `${randomUUID()}${shell.extension}`);
  await mkdir(state.folders.temp, { recursive: true });
  await writeFile(file, script);
  const code = await state.processes.run({
    command,
    args: shell.args(file),
    folder,
    environment,
    onLine: output.line,
    signal: room.signal,
  });
  if (code !== 0 && !room.signal.aborted) output.error(`Process completed with exit code ${code}.`);
  return code === 0;
}

async function runJavaScript(
  room: StepRoom,
  { uses, action }: StepWork & { kind: 'javascript' },
  phase: Phase,
): Promise<boolean> {
  const { state, output } = room;
  const script = phase === 'main' ? action.main : (action[phase]?.script ?? action.main);
  let { folder } = action;
  if (uses.startsWith('./')) {
    folder = join(state.folders.workspace, uses);
    if (!existsSync(folder)) {
      throw new Error(`There is no ${uses} in the workspace. Did you forget to run actions/checkout before it?`);
    }
  }
  const inputs = evaluateInputs(room, action, phase);
  const code = await state.processes.run({
    command: state.options.node,
    args: [join(folder, script)],
    folder: state.folders.workspace,
    environment: variables(room, inputs),
    onLine: output.line,
    signal: room.signal,
  });
  return code === 0;
}

async function runSubstitute(
  room: StepRoom,
  { uses, substitute }: StepWork & { kind: 'substitute' },
): Promise<boolean> {
  const { state, plan, scope, output } = room;
  const inputs = Object.entries(textsOf(plan.body.find('with'), scope));
  const work = substitute.run({
    uses,
    inputs: Object.fromEntries(inputs.map(([name, value]) => [name.toLowerCase(), value])),
    environment: variables(room),
    workspace: state.folders.workspace,
    checkout: state.options.checkout,
    log: output.line,
    signal: room.signal,
  });
  const result = await Promise.race([work, cancellation(room.signal)]);
  for (const [name, value] of Object.entries(result.outputs ?? {})) output.outputs.set(name, value);
  for (const [name, value] of Object.entries(result.environment ?? {})) state.environment.set(name, value);
  return true;
}

/** A substitute that does not listen to its signal must not hold up the job. */
function cancellation(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const cancel = () => reject(new Error('The operation was canceled.'));
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}

/** `with` and the defaults of action.yml, as the variables in which an action finds them. */
function evaluateInputs(room: StepRoom, action: Action, phase: Phase): Readonly<Record<string, string>> {
  const { plan, scope, output } = room;
  const given = new Map<string, string>();
  const unexpected: string[] = [];
  for (const [name, value] of Object.entries(textsOf(plan.body.find('with'), scope))) {
    given.set(name.toLowerCase(), value);
    const known = action.inputs.get(name.toLowerCase());
    if (!known) unexpected.push(name);
    if (known?.deprecated !== undefined && phase === 'main') {
      output.warning(`Input '${name}' has been deprecated with message: ${known.deprecated}`);
    }
  }
  if (unexpected.length > 0 && phase === 'main') {
    const valid = [...action.inputs.keys()].join("', '");
    output.warning(`Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${valid}']`);
  }
  const actionScope: Scope = { ...scope, file: action.file };
  for (const [name, input] of action.inputs) {
    if (!given.has(name)) given.set(name, input.default ? textOf(input.default, actionScope) : '');
  }
  return Object.fromEntries(
    [...given].map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );
}

/** The environment of the step's process. */
function variables(room: StepRoom, inputs: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { state, environment, github } = room;
  const own: Record<string, string> = {
    CI: 'true',
    ...state.options.environment,
    ...Object.fromEntries(environment),
    ...inputs,
    ...runnerVariables(github, state.runner),
  };
  for (const [name, value] of room.saved) own[`STATE_${name}`] = value;
  own.PATH = [...state.paths, ...(own.PATH ? [own.PATH] : [])].join(delimiter);
  return own;
}
