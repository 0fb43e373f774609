import { join } from 'node:path';
import { isLiteral, isMapping } from '@actions/workflow-parser/templates/tokens/type-guards';
import {
  booleanOf,
  evaluate,
  holds,
  numberOf,
  type Scope,
  stillHolds,
  textOf,
  texts,
  toValue,
  type Value,
} from './expression.ts';
import { type JobStart, runJob } from './job.ts';
import { type JobStatus, statusFunctions } from './job-state.ts';
import { type Limiter, limiter } from './limiter.ts';
import { type Combination, combinations, matrixSuffix } from './matrix.ts';
import type { JobPlan, WorkflowPlan } from './plan.ts';
import type { Conclusion, JobResult, Variables, WorkflowOptions } from './types.ts';

interface Settled {
  readonly results: readonly JobResult[];
  /** As `needs` shows it: a job that may fail has succeeded. */
  readonly result: Conclusion;
  readonly outputs: Variables;
}

/** What GitHub gives a job that sets no limit, in minutes. */
const USUAL_LIMIT = 360;

/** Runs all jobs, each as soon as those that it needs have ended. Never throws. */
export async function runJobs(
  workflow: WorkflowPlan,
  options: WorkflowOptions,
  github: Readonly<Record<string, unknown>>,
  inputs: Value,
): Promise<ReadonlyMap<string, Settled>> {
  const slots = limiter(options.maxParallel);
  const settled = new Map<string, Settled>();
  const running = new Map<string, Promise<void>>();
  const settle = (plan: JobPlan): Promise<void> => {
    const known = running.get(plan.id);
    if (known) return known;
    const needed = workflow.jobs.filter(({ id }) => plan.needs.includes(id));
    const made = Promise.all(needed.map(settle)).then(async () => {
      settled.set(plan.id, await settleJob({ workflow, plan, options, github, inputs, settled, slots }));
    });
    running.set(plan.id, made);
    return made;
  };
  await Promise.all(workflow.jobs.map(settle));
  return settled;
}

interface Turn {
  readonly workflow: WorkflowPlan;
  readonly plan: JobPlan;
  readonly options: WorkflowOptions;
  readonly github: Readonly<Record<string, unknown>>;
  readonly inputs: Value;
  readonly settled: ReadonlyMap<string, Settled>;
  readonly slots: Limiter;
}

async function settleJob(turn: Turn): Promise<Settled> {
  const { plan, options } = turn;
  try {
    if (!holds(plan.condition, jobScope(turn))) {
      return notStarted(turn, 'skipped', options.signal.aborted ? 'the run was cancelled' : skipReason(turn));
    }
    return await runMatrix(turn, new Map(jobScope(turn).contexts));
  } catch (error) {
    return notStarted(turn, 'failure', (error as Error).message);
  }
}

/** What the keys of a job can see before it has a runner. */
function jobScope(
  { plan, options, github, inputs, settled }: Turn,
  more: ReadonlyMap<string, Value> = new Map(),
): Scope {
  const ancestors = (named: readonly string[]) =>
    (named.length > 0 ? named : [...plan.ancestors]).map((id) => settled.get(id)?.result);
  const needs = plan.needs.map((id) => [id, { result: settled.get(id)?.result, outputs: settled.get(id)?.outputs }]);
  return {
    file: options.file,
    contexts: new Map<string, Value>([
      ['github', toValue(github)],
      ['inputs', inputs],
      ['vars', texts(options.vars)],
      ['needs', toValue(Object.fromEntries(needs))],
      ...more,
    ]),
    functions: statusFunctions({
      success: (jobs) => !options.signal.aborted && ancestors(jobs).every((result) => result === 'success'),
      failure: (jobs) => !options.signal.aborted && ancestors(jobs).some((result) => result === 'failure'),
      cancelled: () => options.signal.aborted,
    }),
  };
}

/** Says which ancestor it was: GitHub does not, which is how a skipped job goes unnoticed. */
function skipReason({ plan, settled }: Turn): string {
  const guilty = [...plan.ancestors].filter((id) => settled.get(id)?.result !== 'success');
  if (guilty.length === 0) return 'its condition is false';
  const list = guilty.map((id) => `${id}: ${settled.get(id)?.result}`).join(', ');
  const direct = guilty.some((id) => plan.needs.includes(id));
  return `its condition is false, and not every job ${direct ? 'before it' : 'above the ones it needs'} succeeded (${list})`;
}

async function runMatrix(turn: Turn, contexts: ReadonlyMap<string, Value>): Promise<Settled> {
  const { plan, options, slots } = turn;
  const strategy = plan.body.find('strategy');
  const written = strategy && isMapping(strategy) ? strategy : undefined;
  const scope = jobScope(turn);
  const matrix = written?.find('matrix');
  const all: readonly Combination[] = matrix ? combinations(evaluate(matrix, scope)) : [{}];
  if (all.length === 0) throw new Error(`${options.file}: the matrix of "${plan.id}" has no combinations`);
  const failFast = written?.find('fail-fast');
  const maxParallel = written?.find('max-parallel');
  const stopAll = failFast ? booleanOf(failFast, scope) : true;
  const most = maxParallel ? numberOf(maxParallel, scope) : all.length;
  const ownSlots = limiter(most);
  const group = new AbortController();
  let allowedToFail = 0;

  const results = await Promise.all(
    all.map(async (combination, index) => {
      const strategyValue = {
        'fail-fast': stopAll,
        'job-index': index,
        'job-total': all.length,
        'max-parallel': most,
      };
      const own = new Map(contexts);
      own.set('strategy', toValue(strategyValue));
      own.set('matrix', matrix ? toValue(combination) : toValue(null));
      const start = describe(turn, jobScope(turn, own), own, combination, index);
      if ('failure' in start) return report(turn, start.failure, 'job-finished');
      return ownSlots(() =>
        slots(async () => {
          using cancellation = jobSignal(turn, group.signal);
          if (cancellation.signal.aborted) {
            const reason = group.signal.aborted ? 'another job of its matrix failed' : 'the run was cancelled';
            return report(turn, unstarted(start.facts, 'cancelled', reason), 'job-skipped');
          }
          const result = await runJob(turn.workflow, start, options, cancellation.signal);
          if (result.conclusion === 'failure' && start.mayFail) allowedToFail += 1;
          else if (result.conclusion === 'failure' && stopAll) group.abort();
          return result;
        }),
      );
    }),
  );
  const count = (conclusion: Conclusion) => results.filter((result) => result.conclusion === conclusion).length;
  const failures = count('failure') - allowedToFail;
  const result: JobStatus = failures > 0 ? 'failure' : count('cancelled') > 0 ? 'cancelled' : 'success';
  return { results, result, outputs: Object.assign({}, ...results.map(({ outputs }) => outputs)) as Variables };
}

/** Evaluates what a job says about itself; one that cannot be evaluated fails the job. */
function describe(
  turn: Turn,
  scope: Scope,
  contexts: ReadonlyMap<string, Value>,
  combination: Combination,
  index: number,
): (JobStart & { readonly mayFail: boolean }) | { readonly failure: JobResult } {
  const { plan, options, github } = turn;
  const { body } = plan;
  const partOfMatrix = Object.keys(combination).length > 0;
  let facts: JobStart['facts'] = {
    id: plan.id,
    name: plan.id + matrixSuffix(combination),
    runsOn: [],
    ...(partOfMatrix && { matrix: combination }),
    ...(plan.permissions !== undefined && { permissions: plan.permissions }),
  };
  try {
    const name = body.find('name');
    if (name) facts = { ...facts, name: textOf(name, scope) + (isLiteral(name) ? matrixSuffix(combination) : '') };
    const runsOn = body.find('runs-on');
    if (runsOn) facts = { ...facts, runsOn: labels(evaluate(runsOn, scope)) };
    const timeout = body.find('timeout-minutes');
    const mayFail = body.find('continue-on-error');
    const environment = body.find('environment');
    const environmentName = environment && (isMapping(environment) ? environment.find('name') : environment);
    const concurrency = body.find('concurrency');
    // One run has nothing to queue for, but its group must be one that can be evaluated.
    if (concurrency) evaluate(concurrency, scope);
    return {
      plan,
      label: { id: plan.id, name: facts.name },
      folder: join(options.workFolder, index === 0 ? plan.id : `${plan.id}-${index + 1}`),
      timeoutMinutes: (timeout && numberOf(timeout, scope)) || USUAL_LIMIT,
      environmentName: environmentName ? textOf(environmentName, scope) || undefined : undefined,
      github,
      contexts,
      facts,
      mayFail: mayFail ? booleanOf(mayFail, scope) : false,
    };
  } catch (error) {
    return { failure: unstarted(facts, 'failure', (error as Error).message) };
  }
}

function labels(value: Value): readonly string[] {
  if (value.primitive) return [value.coerceString()];
  return 'values' in value ? value.values().flatMap(labels) : [];
}

/** Aborted with the matrix, or with the run if the job's condition does not hold for a cancelled one. */
function jobSignal(turn: Turn, group: AbortSignal) {
  const { signal } = turn.options;
  const controller = new AbortController();
  const cancel = () => {
    if (!stillHolds(turn.plan.condition, jobScope(turn))) controller.abort();
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return {
    signal: AbortSignal.any([controller.signal, group]),
    [Symbol.dispose]: () => signal.removeEventListener('abort', cancel),
  };
}

function notStarted(turn: Turn, conclusion: 'skipped' | 'failure', reason: string): Settled {
  const { plan } = turn;
  const name = plan.body.find('name');
  const facts = {
    id: plan.id,
    name: name && isLiteral(name) ? name.toString() : plan.id,
    runsOn: [],
    ...(plan.permissions !== undefined && { permissions: plan.permissions }),
  };
  const result = unstarted(facts, conclusion, reason);
  report(turn, result, conclusion === 'failure' ? 'job-finished' : 'job-skipped');
  return { results: [result], result: conclusion, outputs: {} };
}

function unstarted(facts: JobStart['facts'], conclusion: Conclusion, reason: string): JobResult {
  const now = new Date().toISOString();
  const annotations = conclusion === 'failure' ? [{ level: 'error' as const, message: reason }] : [];
  return { ...facts, conclusion, reason, outputs: {}, startedAt: now, completedAt: now, steps: [], annotations };
}

function report({ options }: Turn, result: JobResult, type: 'job-finished' | 'job-skipped'): JobResult {
  options.listener({ type, job: { id: result.id, name: result.name }, result });
  return result;
}
