import { convertJobs } from '@actions/workflow-parser/model/converter/jobs';
import type { WorkflowJob } from '@actions/workflow-parser/model/workflow-template';
import type {
  BasicExpressionToken,
  MappingToken,
  TemplateToken,
} from '@actions/workflow-parser/templates/tokens/index';
import { isLiteral, isMapping, isSequence } from '@actions/workflow-parser/templates/tokens/type-guards';
import { checkSupported } from './refusals.ts';
import { condition, literal, mappingAt, parseTemplate, type Template } from './template.ts';
import { type Variables, WorkflowError, type WorkflowOptions } from './types.ts';
import { resolveUses, type StepWork } from './uses.ts';

/** A workflow that can be run: it follows GitHub's schema, and everything that it uses is there. */
export interface WorkflowPlan {
  readonly file: string;
  readonly name: string;
  readonly root: MappingToken;
  readonly jobs: readonly JobPlan[];
}

export interface JobPlan {
  readonly id: string;
  readonly needs: readonly string[];
  /** `needs`, and theirs. */
  readonly ancestors: ReadonlySet<string>;
  /** With the implied `success()`. */
  readonly condition: BasicExpressionToken;
  readonly body: MappingToken;
  readonly permissions: string | Variables | undefined;
  readonly steps: readonly StepPlan[];
}

export interface StepPlan {
  /** As GITHUB_ACTION has it; one that GitHub made starts with two underscores. */
  readonly id: string;
  readonly condition: BasicExpressionToken;
  readonly body: MappingToken;
  readonly work: StepWork;
}

/** Reads and checks a workflow. Throws a `WorkflowError` with everything that is wrong. */
export async function planWorkflow(text: string, options: WorkflowOptions): Promise<WorkflowPlan> {
  const template = parseTemplate('workflow', options.file, text);
  const { root } = template;
  if (!root) {
    if (template.problems().length === 0) template.problem(undefined, 'There is no workflow in this file');
    throw new WorkflowError(template.problems());
  }
  checkTrigger(template, root, options.event.name);
  const jobs = mappingAt(root, 'jobs');
  const converted = jobs ? convert(template, jobs) : [];
  checkSupported(template, root, options.environment);
  const work = await resolveUses(template, root, options);
  const problems = unique(template.problems());
  if (problems.length > 0) throw new WorkflowError(problems);

  const needs = new Map(converted.map((job) => [job.id.value, (job.needs ?? []).map((need) => need.value)]));
  return {
    file: options.file,
    name: literal(root, 'name') || `.github/workflows/${options.file.split(/[\\/]/).at(-1)}`,
    root,
    jobs: converted.map((job) => {
      const body = mappingAt(jobs, job.id.value) as MappingToken;
      const tokens = body.find('steps');
      const bodies = tokens && isSequence(tokens) ? [...tokens].filter(isMapping) : [];
      return {
        id: job.id.value,
        needs: needs.get(job.id.value) ?? [],
        ancestors: ancestorsOf(job.id.value, needs),
        condition: inPlace(template, 'job-if', job.if),
        body,
        permissions: permissionsOf(body.find('permissions') ?? root.find('permissions')),
        steps: bodies.flatMap((step, index) => {
          const known = job.type === 'job' ? job.steps[index] : undefined;
          const does = work.get(step);
          return known?.if && does
            ? [{ id: known.id, condition: inPlace(template, 'step-if', known.if), body: step, work: does }]
            : [];
        }),
      };
    }),
  };
}

/** GitHub's converter finds unknown and cyclic needs, wrong ids and wrong conditions. */
function convert(template: Template, jobs: MappingToken): readonly WorkflowJob[] {
  const before = template.problems().length;
  try {
    return convertJobs(template.context, jobs);
  } catch (error) {
    // It stumbles over what the schema has complained about already.
    if (before === 0) throw error;
    return [];
  }
}

/** The converter does not say where the condition stands that it adds to what has none. */
function inPlace(template: Template, definition: string, token: BasicExpressionToken): BasicExpressionToken {
  return condition(template, definition, token.expression, token);
}

function checkTrigger(template: Template, root: MappingToken, event: string): void {
  const on = root.find('on');
  if (!on) return;
  const triggers = isMapping(on)
    ? [...on].map(({ key }) => key.toString())
    : isSequence(on)
      ? [...on].map(String)
      : [on.toString()];
  if (!triggers.includes(event)) template.problem(on, `This workflow runs on ${triggers.join(', ')}, not on ${event}`);
}

function ancestorsOf(id: string, needs: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (job: string) => {
    for (const need of needs.get(job) ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return found;
}

function permissionsOf(token: TemplateToken | undefined): string | Variables | undefined {
  if (!token) return undefined;
  if (isMapping(token)) return Object.fromEntries([...token].map(({ key, value }) => [key.toString(), String(value)]));
  return isLiteral(token) ? token.toString() : undefined;
}

/** In the file's order, each once: the schema and the converter agree on some. */
function unique(problems: ReturnType<Template['problems']>): ReturnType<Template['problems']> {
  const known = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...known.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
