import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type JobResult,
  type ResolvedAction,
  runWorkflow,
  type StepResult,
  WorkflowError,
  type WorkflowEvent,
  type WorkflowOptions,
  type WorkflowResult,
} from '../../src/workflow/index.ts';

/** The source of a small action: the files of its folder. */
export type ActionFiles = Readonly<Record<string, string>>;

export interface Setup extends Partial<Omit<WorkflowOptions, 'file' | 'resolve' | 'listener'>> {
  /** By what stands after `uses`. */
  readonly actions?: Readonly<Record<string, ActionFiles | ResolvedAction>>;
  /** What cannot be resolved, with the reason. */
  readonly unresolvable?: Readonly<Record<string, string>>;
  readonly listener?: (event: WorkflowEvent) => void;
}

export interface Ran extends WorkflowResult {
  readonly events: readonly WorkflowEvent[];
  job(name: string): JobResult;
  step(name: string): StepResult;
  /** Everything that was printed, one job after the other. */
  readonly log: string;
}

/** An action that is one script; `inputs` as in action.yml. */
export function action(script: string, { inputs = '{}', runs = '' } = {}): ActionFiles {
  return {
    'action.yml': `name: a\ndescription: b\ninputs: ${inputs}\nruns:\n  using: node24\n  main: index.mjs\n${runs}`,
    'index.mjs': script,
  };
}

/** Runs a workflow whose `on` and `name` are added, in a folder that is removed with the test. */
export async function run(jobs: string, setup: Setup = {}): Promise<Ran> {
  const events: WorkflowEvent[] = [];
  const listener = (event: WorkflowEvent) => {
    events.push(event);
    setup.listener?.(event);
  };
  const result = await runWorkflow({ ...prepare(jobs, setup), listener });
  return {
    ...result,
    events,
    job: (name) => only(result.jobs.filter((job) => job.name === name || job.id === name)),
    step: (name) =>
      only(result.jobs.flatMap(({ steps }) => steps).filter((step) => [step.name, step.id].includes(name))),
    log: result.jobs
      .flatMap(({ steps }) => steps)
      .flatMap(({ log }) => log)
      .join('\n'),
  };
}

/** What keeps a workflow from running: `line:column: message`, one each. */
export async function refusals(jobs: string, setup: Setup = {}): Promise<readonly string[]> {
  const started: WorkflowEvent[] = [];
  try {
    await runWorkflow({ ...prepare(jobs, setup), listener: (event) => started.push(event) });
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    if (started.length > 0) throw new Error('something ran before it was refused');
    return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
  throw new Error('it was not refused');
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(folder: string, files: ActionFiles): string {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

function prepare(jobs: string, { actions = {}, unresolvable = {}, ...setup }: Setup): WorkflowOptions {
  const folder = temporaryFolder();
  const text = /^(on|jobs|name):/m.test(jobs) ? jobs : `name: w\non: push\njobs:\n${jobs}`;
  write(folder, { 'w.yml': text });
  const resolved = new Map(
    Object.entries(actions).map(([uses, given], index): [string, ResolvedAction] => [
      uses,
      isResolved(given) ? given : { kind: 'javascript', folder: write(join(folder, `action-${index}`), given) },
    ]),
  );
  return {
    file: join(folder, 'w.yml'),
    event: { name: 'push', payload: { repository: { id: 7 } }, sha: 'a'.repeat(40), ref: 'refs/heads/main' },
    repository: 'org/demo',
    runId: 11,
    runAttempt: 2,
    runNumber: 3,
    actor: 'ada',
    vars: {},
    secrets: {},
    environments: {},
    resolve: (uses) => {
      if (unresolvable[uses] !== undefined) throw new Error(unresolvable[uses]);
      return resolved.get(uses);
    },
    resolvable: [...resolved.keys()],
    checkout: folder,
    environment: { PATH: process.env.PATH ?? '', HOME: folder },
    node: process.execPath,
    workFolder: join(folder, 'work'),
    signal: new AbortController().signal,
    listener: () => {},
    ...setup,
  };
}

function isResolved(given: ActionFiles | ResolvedAction): given is ResolvedAction {
  return 'kind' in given;
}

function only<T>(found: readonly T[]): T {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} of that name`);
  return first;
}
