import { join } from 'node:path';
import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { isMapping } from '@actions/workflow-parser/templates/tokens/type-guards';
import { didYouMean } from '@delivery-actions/action-kit';
import { type Action, ActionFileError, readAction } from './action-file.ts';
import { stepsOf } from './refusals.ts';
import { mappingAt, type Template } from './template.ts';
import type { Substitute, WorkflowOptions } from './types.ts';

/** What a step does. */
export type StepWork =
  | { readonly kind: 'script' }
  | { readonly kind: 'javascript'; readonly uses: string; readonly action: Action }
  | { readonly kind: 'substitute'; readonly uses: string; readonly substitute: Substitute };

type Found =
  | { readonly action: Action }
  | { readonly substitute: Substitute }
  | { readonly problems: readonly string[] };

/** What each step does. What cannot be resolved becomes a problem at its `uses`. */
export async function resolveUses(
  template: Template,
  root: MappingToken,
  options: WorkflowOptions,
): Promise<ReadonlyMap<MappingToken, StepWork>> {
  const work = new Map<MappingToken, StepWork>();
  const known = new Map<string, Promise<Found>>();
  for (const { value: job } of mappingAt(root, 'jobs') ?? []) {
    if (!isMapping(job)) continue;
    for (const step of stepsOf(job)) {
      const token = step.find('uses');
      const uses = token?.toString();
      if (!token || uses === undefined) {
        work.set(step, { kind: 'script' });
        continue;
      }
      const found = known.get(uses) ?? find(uses, options);
      known.set(uses, found);
      const result = await found;
      if ('problems' in result) for (const message of result.problems) template.problem(token, message);
      else if ('substitute' in result) work.set(step, { kind: 'substitute', uses, substitute: result.substitute });
      else {
        checkInputs(template, token, step, uses, result.action);
        work.set(step, { kind: 'javascript', uses, action: result.action });
      }
    }
  }
  return work;
}

async function find(uses: string, options: WorkflowOptions): Promise<Found> {
  if (uses.startsWith('docker://')) return { problems: [`Container actions are not supported here, such as ${uses}`] };
  try {
    if (uses.startsWith('./')) return { action: readAction(join(options.checkout, uses)) };
    if (!/^[^/@]+\/[^/@]+(\/[^@]+)?@.+$/.test(uses)) {
      return {
        problems: [`"${uses}" names no action: owner/repository@ref or owner/repository/folder@ref was expected`],
      };
    }
    const resolved = await options.resolve(uses);
    if (!resolved) return { problems: [unknown(uses, options.resolvable)] };
    return resolved.kind === 'substitute' ? { substitute: resolved } : { action: readAction(resolved.folder) };
  } catch (error) {
    if (error instanceof ActionFileError) return { problems: error.messages.map((message) => `${uses}: ${message}`) };
    return { problems: [`${uses}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

function unknown(uses: string, resolvable: readonly string[]): string {
  const close = didYouMean(uses.replace(/@[0-9a-f]{40}$/, '@<sha>'), resolvable);
  if (close !== undefined) return `"${uses}" is not known here: did you mean "${close}"?`;
  return `"${uses}" is not known here; known ${resolvable.length > 0 ? `are ${resolvable.join(', ')}` : 'is nothing'}`;
}

function checkInputs(template: Template, token: TemplateToken, step: MappingToken, uses: string, action: Action): void {
  const given = step.find('with');
  if (given && !isMapping(given)) return;
  const names = new Set(given ? [...given].map(({ key }) => key.toString().toLowerCase()) : []);
  for (const [name, { required, default: fallback }] of action.inputs) {
    if (!required || fallback || names.has(name)) continue;
    template.problem(
      token,
      `${uses} requires the input "${name}": add it under "with" (GitHub would start the action without it)`,
    );
  }
}
