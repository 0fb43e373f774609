import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMapping } from '@actions/workflow-parser/templates/tokens/type-guards';
import { jobFolders, runnerContext } from './contexts.ts';
import { textOf, texts, textsOf, type Value } from './expression.ts';
import { type JobState, stepScope } from './job-state.ts';
import { type Masks, masks } from './masks.ts';
import type { JobPlan, WorkflowPlan } from './plan.ts';
import { processes } from './processes.ts';
import { runStep, type StepRun } from './step.ts';
import { timeLimit } from './time-limit.ts';
import type { Annotation, JobLabel, JobResult, StepResult, WorkflowOptions } from './types.ts';

/** One job that is about to start. */
export interface JobStart {
  readonly plan: JobPlan;
  readonly label: JobLabel;
  /** Of its own. */
  readonly folder: string;
  readonly timeoutMinutes: number;
  readonly environmentName: string | undefined;
  readonly github: Readonly<Record<string, unknown>>;
  /** `needs`, `strategy`, `matrix`, `inputs`. */
  readonly contexts: ReadonlyMap<string, Value>;
  readonly facts: Pick<JobResult, 'id' | 'name' | 'matrix' | 'permissions' | 'runsOn'>;
}

/** Runs one job on a machine of its own: folders, masks and processes that no other job has. Never throws. */
export async function runJob(
  workflow: WorkflowPlan,
  start: JobStart,
  options: WorkflowOptions,
  signal: AbortSignal,
): Promise<JobResult> {
  const startedAt = new Date().toISOString();
  const { label } = start;
  options.listener({ type: 'job-started', job: label });
  const hidden = masks();
  const deadline = AbortSignal.timeout(timeLimit(start.timeoutMinutes));
  const running = processes(`github_${randomUUID()}`);
  const report = jobReport(hidden);
  const results: StepResult[] = [];
  let outputs: Record<string, string> = {};
  let url: string | undefined;
  let status: JobState['status'] = 'failure';
  try {
    const state = await prepare(workflow, start, options, hidden, running, AbortSignal.any([signal, deadline]));
    await runSteps(state, results);
    if (deadline.aborted) {
      report.error(`The job has exceeded the maximum execution time of ${start.timeoutMinutes} minutes.`);
    }
    status = state.status;
    try {
      outputs = jobOutputs(state, report);
      url = environmentUrl(state, report);
    } catch (error) {
      report.error((error as Error).message);
      if (status === 'success') status = 'failure';
    }
  } catch (error) {
    report.error((error as Error).message);
  } finally {
    running.end();
  }
  const result: JobResult = {
    ...start.facts,
    conclusion: status,
    ...(report.reason() !== undefined && { reason: report.reason() as string }),
    outputs,
    ...(start.environmentName !== undefined && {
      environment: { name: start.environmentName, ...(url !== undefined && { url }) },
    }),
    startedAt,
    completedAt: new Date().toISOString(),
    steps: results,
    annotations: report.annotations,
  };
  options.listener({ type: 'job-finished', job: label, result });
  return result;
}

async function prepare(
  workflow: WorkflowPlan,
  start: JobStart,
  options: WorkflowOptions,
  hidden: Masks,
  running: JobState['processes'],
  signal: AbortSignal,
): Promise<JobState> {
  const { plan } = start;
  const own = start.environmentName === undefined ? undefined : options.environments[start.environmentName];
  const vars = { ...options.vars, ...own?.vars };
  const token = options.github?.token ?? '';
  const secrets: Record<string, string> = { ...options.secrets, ...own?.secrets };
  if (token !== '') secrets.GITHUB_TOKEN = token;
  for (const secret of Object.values(secrets)) hidden.add(secret);

  const folders = jobFolders(start.folder, options.repository);
  // What an earlier run with this folder has left is none of this job's business.
  await rm(start.folder, { recursive: true, force: true });
  for (const folder of [folders.workspace, folders.temp, folders.tools, dirname(folders.eventFile)]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(folders.eventFile, JSON.stringify(options.event.payload ?? {}));
  const debug = [vars.ACTIONS_STEP_DEBUG, secrets.ACTIONS_STEP_DEBUG].includes('true');
  const state: JobState = {
    plan,
    root: workflow.root,
    label: start.label,
    options,
    folders,
    masks: hidden,
    processes: running,
    debug,
    github: { ...start.github, job: plan.id, workspace: folders.workspace, event_path: folders.eventFile },
    runner: runnerContext(folders, debug),
    fixed: new Map<string, Value>([...start.contexts, ['vars', texts(vars)], ['secrets', texts(secrets)]]),
    signal,
    status: 'success',
    environment: new Map(),
    paths: [],
    steps: new Map(),
  };
  for (const owner of [workflow.root, plan.body]) {
    const values = textsOf(owner.find('env'), stepScope(state, state.environment, state.github));
    for (const [name, value] of Object.entries(values)) state.environment.set(name, value);
  }
  return state;
}

/** `pre` of all actions, the steps, then `post` of the actions that have started, the last one first. */
async function runSteps(state: JobState, results: StepResult[]): Promise<void> {
  const saved = new Map(state.plan.steps.map((plan) => [plan, new Map<string, string>()]));
  const posts: StepRun[] = [];
  const go = async (plan: StepRun['plan'], phase: StepRun['phase']) => {
    if (state.signal.aborted) state.status = 'cancelled';
    const step = { plan, phase, index: results.length + 1, saved: saved.get(plan) ?? new Map<string, string>() };
    const result = await runStep(state, step);
    results.push(result);
    if (state.signal.aborted) state.status = 'cancelled';
    else if (result.conclusion === 'failure' && state.status === 'success') state.status = 'failure';
    const cleansUp = phase !== 'post' && plan.work.kind === 'javascript' && plan.work.action.post;
    if (cleansUp && result.conclusion !== 'skipped' && !posts.some((post) => post.plan === plan)) posts.push(step);
  };
  for (const plan of state.plan.steps) {
    // As on GitHub: a local action is not there yet when the job starts.
    const { work } = plan;
    if (work.kind === 'javascript' && work.action.pre && !work.uses.startsWith('./')) await go(plan, 'pre');
  }
  for (const plan of state.plan.steps) await go(plan, 'main');
  for (const { plan } of posts.reverse()) await go(plan, 'post');
}

/** An output that is empty or holds a secret is not handed on, as the runner's JobExtension.cs has it. */
function jobOutputs(state: JobState, report: JobReport): Record<string, string> {
  const scope = stepScope(state, state.environment, state.github);
  const outputs: Record<string, string> = {};
  for (const [name, value] of Object.entries(textsOf(state.plan.body.find('outputs'), scope))) {
    if (value === '') continue;
    if (state.masks.mask(value) === value) outputs[name] = value;
    else report.warning(`Skip output '${name}' since it may contain secret.`);
  }
  return outputs;
}

function environmentUrl(state: JobState, report: JobReport): string | undefined {
  const token = state.plan.body.find('environment');
  const url = token && isMapping(token) ? token.find('url') : undefined;
  if (!url) return undefined;
  const value = textOf(url, stepScope(state, state.environment, state.github));
  if (value === '' || state.masks.mask(value) === value) return value || undefined;
  report.warning('Skip setting environment url since it may contain secret.');
  return undefined;
}

/** What the runner has to say about the job itself. */
interface JobReport {
  readonly annotations: readonly Annotation[];
  reason(): string | undefined;
  error(message: string): void;
  warning(message: string): void;
}

function jobReport(hidden: Masks): JobReport {
  const annotations: Annotation[] = [];
  const add = (level: 'error' | 'warning') => (message: string) => {
    annotations.push({ level, message: hidden.mask(message) });
  };
  return {
    annotations,
    reason: () => annotations.find(({ level }) => level === 'error')?.message,
    error: add('error'),
    warning: add('warning'),
  };
}
