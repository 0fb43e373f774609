import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BasicExpressionToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { isMapping } from '@actions/workflow-parser/templates/tokens/type-guards';
import { condition, literal, mappingAt, parseTemplate } from './template.ts';

export interface ActionInput {
  readonly required: boolean;
  /** May hold expressions, such as `${{ github.token }}`. */
  readonly default: TemplateToken | undefined;
  readonly deprecated: string | undefined;
}

/** A JavaScript action as its action.yml describes it. Scripts are paths below the folder. */
export interface Action {
  readonly folder: string;
  /** Its action.yml, for messages. */
  readonly file: string;
  /** By name in lower case: GitHub does not tell the cases apart. */
  readonly inputs: ReadonlyMap<string, ActionInput>;
  readonly main: string;
  readonly pre?: ActionHook;
  readonly post?: ActionHook;
}

export interface ActionHook {
  readonly script: string;
  /** `pre-if`, `post-if`: always, unless written. */
  readonly condition: BasicExpressionToken;
}

/** Throws what is wrong with the action, one message for each. */
export class ActionFileError extends Error {
  override readonly name = 'ActionFileError';
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join('\n'));
    this.messages = messages;
  }
}

export function readAction(folder: string): Action {
  const file = ['action.yml', 'action.yaml'].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) throw new ActionFileError([`there is no action.yml in ${folder}`]);
  const template = parseTemplate('action', file, readFileSync(file, 'utf8'));
  const problems = template.problems().map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
  if (problems.length > 0) throw new ActionFileError(problems);

  const runs = mappingAt(template.root, 'runs');
  const using = literal(runs, 'using') ?? '';
  const main = literal(runs, 'main');
  if (!/^node\d+$/.test(using)) {
    throw new ActionFileError([`"using: ${using}" is not supported here, only JavaScript actions are`]);
  }
  if (main === undefined) throw new ActionFileError([`${file} names no "main" to run`]);
  const hooks = { pre: hook('pre'), post: hook('post') };
  for (const script of [main, hooks.pre?.script, hooks.post?.script]) {
    if (script !== undefined && !existsSync(join(folder, script))) {
      throw new ActionFileError([`${file} runs ${script}, which is not there: has it been built?`]);
    }
  }
  return {
    folder,
    file,
    inputs: readInputs(template.root?.find('inputs')),
    main,
    ...(hooks.pre && { pre: hooks.pre }),
    ...(hooks.post && { post: hooks.post }),
  };

  function hook(phase: 'pre' | 'post'): ActionHook | undefined {
    const script = literal(runs, phase);
    if (script === undefined) return undefined;
    const written = runs?.find(`${phase}-if`);
    try {
      return { script, condition: condition(template, 'runs-if', written?.toString() ?? 'always()', written) };
    } catch (error) {
      throw new ActionFileError([`${file}: ${phase}-if: ${(error as Error).message}`]);
    }
  }
}

function readInputs(token: TemplateToken | undefined): ReadonlyMap<string, ActionInput> {
  const inputs = new Map<string, ActionInput>();
  if (!token || !isMapping(token)) return inputs;
  for (const { key, value } of token) {
    const input = isMapping(value) ? value : undefined;
    inputs.set(key.toString().toLowerCase(), {
      required: literal(input, 'required')?.toLowerCase() === 'true',
      default: input?.find('default'),
      deprecated: literal(input, 'deprecationMessage'),
    });
  }
  return inputs;
}
