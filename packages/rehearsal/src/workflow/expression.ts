import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { truthy } from '@actions/expressions/result';
import { splitAllowedContext } from '@actions/workflow-parser/templates/allowed-context';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import {
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isSequence,
  isString,
} from '@actions/workflow-parser/templates/tokens/type-guards';
import { TokenType } from '@actions/workflow-parser/templates/tokens/types';
import type { Variables } from './types.ts';

export type Value = data.ExpressionData;

/** What expressions can see at one moment of a run. */
export interface Scope {
  /** The workflow's file, for messages. */
  readonly file: string;
  readonly contexts: ReadonlyMap<string, Value>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}

/** An expression that could not be evaluated, or gave something that does not belong there. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** The value of whatever stands in a workflow, with all expressions in it evaluated. */
export function evaluate(token: TemplateToken, scope: Scope): Value {
  if (isBasicExpression(token)) {
    return evaluateText(token.expression, token.definitionInfo?.allowedContext ?? [], scope, token);
  }
  if (isMapping(token)) {
    const result = new data.Dictionary();
    for (const { key, value } of token) {
      const evaluated = evaluate(value, scope);
      if (key.templateTokenType !== TokenType.InsertExpression) result.add(textOf(key, scope), evaluated);
      else for (const pair of entries(evaluated)) result.add(pair.key, pair.value);
    }
    return result;
  }
  if (isSequence(token)) return new data.Array(...[...token].map((item) => evaluate(item, scope)));
  if (isString(token)) return new data.StringData(token.value);
  if (isNumber(token)) return new data.NumberData(token.value);
  if (isBoolean(token)) return new data.BooleanData(token.value);
  return new data.Null();
}

/** `allowed` are the contexts and functions of the place, in the schema's notation. */
function evaluateText(text: string, allowed: readonly string[], scope: Scope, at?: TemplateToken): Value {
  try {
    const { namedContexts, functions } = splitAllowedContext([...allowed]);
    const tree = new Parser(new Lexer(text).lex().tokens, namedContexts, functions).parse();
    const contexts = new data.Dictionary();
    for (const name of namedContexts) contexts.add(name, scope.contexts.get(name) ?? new data.Null());
    return new Evaluator(tree, contexts, new Map(scope.functions)).evaluate();
  } catch (error) {
    throw failure(error instanceof Error ? error.message : String(error), scope, at);
  }
}

/** Whether an `if` holds. */
export function holds(condition: TemplateToken, scope: Scope): boolean {
  return truthy(evaluate(condition, scope));
}

/** The same for what has started already: a condition that cannot be evaluated any more does not hold. */
export function stillHolds(condition: TemplateToken, scope: Scope): boolean {
  try {
    return holds(condition, scope);
  } catch {
    return false;
  }
}

export function textOf(token: TemplateToken, scope: Scope): string {
  const value = evaluate(token, scope);
  if (!value.primitive) throw failure(`A text was expected, not ${value.coerceString()}`, scope, token);
  return value.coerceString();
}

export function numberOf(token: TemplateToken, scope: Scope): number {
  const value = evaluate(token, scope);
  if (value.kind === data.Kind.Number) return value.number();
  throw failure(`A number was expected, not '${value.coerceString()}' (fromJSON makes one of a text)`, scope, token);
}

export function booleanOf(token: TemplateToken, scope: Scope): boolean {
  const value = evaluate(token, scope);
  if (value.kind === data.Kind.Boolean) return truthy(value);
  throw failure(
    `true or false was expected, not '${value.coerceString()}' (fromJSON makes one of a text)`,
    scope,
    token,
  );
}

/** `env`, `with`, `outputs`: names and texts. */
export function textsOf(token: TemplateToken | undefined, scope: Scope): Record<string, string> {
  const texts: Record<string, string> = {};
  if (!token) return texts;
  const value = evaluate(token, scope);
  if (value.kind !== data.Kind.Dictionary) {
    throw failure(`Names and values were expected, not '${value.coerceString()}'`, scope, token);
  }
  for (const { key, value: entry } of entries(value)) {
    if (!entry.primitive) throw failure(`The value of '${key}' is no text but ${entry.coerceString()}`, scope, token);
    texts[key] = entry.coerceString();
  }
  return texts;
}

/** Plain data as expressions see it. */
export function toValue(plain: unknown): Value {
  return JSON.parse(JSON.stringify(plain ?? null), data.reviver) as Value;
}

/** What expressions see, as plain data. */
export function toPlain(value: Value): unknown {
  return JSON.parse(JSON.stringify(value, data.replacer) ?? 'null');
}

export function texts(variables: Variables): Value {
  const pairs = Object.entries(variables).map(([key, value]) => ({ key, value: new data.StringData(value) }));
  return new data.Dictionary(...pairs);
}

function entries(value: Value): readonly { readonly key: string; readonly value: Value }[] {
  return value instanceof data.Dictionary ? value.pairs() : [];
}

function failure(message: string, scope: Scope, at: TemplateToken | undefined): ExpressionError {
  const place = at?.range ? `:${at.range.start.line}:${at.range.start.column}` : '';
  return new ExpressionError(`${scope.file}${place}: ${message}`);
}
