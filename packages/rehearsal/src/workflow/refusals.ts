import type { MappingToken } from '@actions/workflow-parser/templates/tokens/index';
import { isBasicExpression, isMapping, isSequence } from '@actions/workflow-parser/templates/tokens/type-guards';
import { findOnPath, parseShell } from './shell.ts';
import { literal, mappingAt, type Template } from './template.ts';
import type { Variables } from './types.ts';

const REFUSED_KEYS: Readonly<Record<string, string>> = {
  container: 'Jobs in a container are not supported here: the steps run on this machine',
  services: 'Service containers are not supported here: nothing of them would run',
  snapshot: 'Snapshots are not supported here',
};

/** Adds a problem for each thing that GitHub would run and this engine does not, rather than run something else. */
export function checkSupported(template: Template, root: MappingToken, environment: Variables): void {
  const jobs = mappingAt(root, 'jobs');
  if (!jobs) return;
  const missing = new Set<string>();
  for (const { value: job } of jobs) {
    if (!isMapping(job)) continue;
    const uses = job.find('uses');
    if (uses) template.problem(uses, `Reusable workflows are not supported here, such as ${uses.toString()}`);
    for (const { key } of job) {
      const reason = REFUSED_KEYS[key.toString()];
      if (reason) template.problem(key, reason);
    }
    checkSystem(template, job);
    for (const step of stepsOf(job)) {
      if (step.find('run'))
        checkShell(template, [step, runDefaults(job), runDefaults(root)], environment, missing, step);
    }
  }
}

export function stepsOf(job: MappingToken): readonly MappingToken[] {
  const steps = job.find('steps');
  return steps && isSequence(steps) ? [...steps].filter(isMapping) : [];
}

/** `defaults.run` of a job or of the workflow. */
export function runDefaults(owner: MappingToken): MappingToken | undefined {
  return mappingAt(mappingAt(owner, 'defaults'), 'run');
}

function checkSystem(template: Template, job: MappingToken): void {
  const runsOn = job.find('runs-on');
  const label = literal(job, 'runs-on');
  if (runsOn && label !== undefined && /^(windows|macos)-/i.test(label)) {
    template.problem(runsOn, `Jobs for ${label} are not supported here: the steps run on this machine, as on Linux`);
  }
}

function checkShell(
  template: Template,
  owners: readonly (MappingToken | undefined)[],
  environment: Variables,
  missing: Set<string>,
  step: MappingToken,
): void {
  const owner = owners.find((each) => each?.find('shell'));
  const token = owner?.find('shell');
  if (token && isBasicExpression(token)) return;
  try {
    const { command } = parseShell(token?.toString());
    if (missing.has(command) || findOnPath(command, environment.PATH ?? '') !== undefined) return;
    missing.add(command);
    template.problem(token ?? step.find('run'), `There is no ${command} on the PATH to run this: install it`);
  } catch (error) {
    template.problem(token, (error as Error).message);
  }
}
