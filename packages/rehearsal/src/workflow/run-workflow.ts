import { readFile } from 'node:fs/promises';
import { githubContext } from './contexts.ts';
import { textOf, texts, toValue, type Value } from './expression.ts';
import { planWorkflow, type WorkflowPlan } from './plan.ts';
import { runJobs } from './schedule.ts';
import type { WorkflowOptions, WorkflowResult } from './types.ts';
import { workflowInputs } from './workflow-inputs.ts';

/**
 * Runs a GitHub workflow on this machine. Throws a `WorkflowError` with all that is wrong before anything runs;
 * afterwards it always comes to a result, and leaves no process behind.
 */
export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowResult> {
  const workflow = await planWorkflow(await readFile(options.file, 'utf8'), options);
  const startedAt = new Date().toISOString();
  const path = `.github/workflows/${options.file.split(/[\\/]/).at(-1)}`;
  const github = githubContext(options, { name: workflow.name, path });
  const inputs = workflowInputs(workflow.root, options.event);
  const settled = await runJobs(workflow, options, github, inputs);
  const all = workflow.jobs.flatMap(({ id }) => settled.get(id) ?? []);
  const any = (conclusion: string) => all.some(({ result }) => result === conclusion);
  const cancelled = any('cancelled') && (options.signal.aborted || !any('failure'));
  return {
    conclusion: cancelled ? 'cancelled' : any('failure') ? 'failure' : 'success',
    name: workflow.name,
    runName: runName(workflow, options, github, inputs),
    startedAt,
    completedAt: new Date().toISOString(),
    jobs: all.flatMap(({ results }) => results),
  };
}

/** `run-name`, else what GitHub takes: the commit's first line, or the name of the workflow. */
function runName(
  workflow: WorkflowPlan,
  options: WorkflowOptions,
  github: Readonly<Record<string, unknown>>,
  inputs: Value,
): string {
  const token = workflow.root.find('run-name');
  const payload = options.event.payload as { head_commit?: { message?: unknown } } | undefined;
  const message = String(payload?.head_commit?.message ?? '').split('\n')[0] ?? '';
  const usual = message || workflow.name;
  if (!token) return usual;
  const contexts = new Map<string, Value>([
    ['github', toValue(github)],
    ['inputs', inputs],
    ['vars', texts(options.vars)],
  ]);
  return textOf(token, { file: options.file, contexts, functions: new Map() }) || usual;
}
