import type { MappingToken } from '@actions/workflow-parser/templates/tokens/index';
import { isMapping } from '@actions/workflow-parser/templates/tokens/type-guards';
import { toValue, type Value } from './expression.ts';
import { literal, mappingAt } from './template.ts';
import type { WorkflowOptions } from './types.ts';

/** `inputs`: those of a `workflow_dispatch`, by their types, with the workflow's defaults. */
export function workflowInputs(root: MappingToken, event: WorkflowOptions['event']): Value {
  if (event.name !== 'workflow_dispatch') return toValue({});
  const payload = event.payload as { readonly inputs?: Readonly<Record<string, unknown>> } | undefined;
  const values: Record<string, unknown> = { ...payload?.inputs };
  for (const { key, value } of mappingAt(mappingAt(mappingAt(root, 'on'), 'workflow_dispatch'), 'inputs') ?? []) {
    const name = key.toString();
    const definition = isMapping(value) ? value : undefined;
    values[name] = typed(String(values[name] ?? literal(definition, 'default') ?? ''), literal(definition, 'type'));
  }
  return toValue(values);
}

function typed(text: string, type: string | undefined): unknown {
  if (type === 'boolean') return text === 'true';
  if (type === 'number') return Number(text);
  return text;
}
