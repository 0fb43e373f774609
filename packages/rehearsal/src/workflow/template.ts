import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { JSONObjectReader } from '@actions/workflow-parser/templates/json-object-reader';
import { DefinitionInfo } from '@actions/workflow-parser/templates/schema/definition-info';
import { TemplateSchema } from '@actions/workflow-parser/templates/schema/index';
import { TemplateContext, TemplateValidationErrors } from '@actions/workflow-parser/templates/template-context';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import {
  BasicExpressionToken,
  ExpressionToken,
  type MappingToken,
  StringToken,
  type TemplateToken,
} from '@actions/workflow-parser/templates/tokens/index';
import { isLiteral, isMapping } from '@actions/workflow-parser/templates/tokens/type-guards';
import { YamlObjectReader } from '@actions/workflow-parser/workflows/yaml-object-reader';
import type { Problem } from './types.ts';

/** GitHub's own schemas: which keys and which contexts are allowed where. */
const SCHEMAS = {
  workflow: { file: 'workflow-v1.0.min.json', root: 'workflow-root-strict' },
  action: { file: 'action-v1.0.min.json', root: 'action-root' },
} as const;

export type TemplateKind = keyof typeof SCHEMAS;

/** A YAML file of GitHub's as tokens; every problem that is found in it ends up in one list. */
export interface Template {
  readonly file: string;
  /** Absent if the file is no mapping at all. */
  readonly root: MappingToken | undefined;
  /** For GitHub's converters, which leave their errors there. */
  readonly context: TemplateContext;
  problem(token: TemplateToken | undefined, message: string): void;
  problems(): readonly Problem[];
}

/** Reads a workflow or an action.yml and checks it against GitHub's schema, expressions included. */
export function parseTemplate(kind: TemplateKind, file: string, text: string): Template {
  const context = new TemplateContext(new TemplateValidationErrors(), schema(kind), SILENT);
  const fileId = context.getFileId(file);
  const reader = new ValueReader(fileId, text);
  // The first error of the syntax is the cause; what comes after it are its consequences, often hundreds.
  for (const { message, range } of [...reader.errors].slice(0, 1)) context.error(fileId, withoutPlace(message), range);
  // Of a file that is not YAML the schema's errors would mislead.
  const root = reader.errors.length > 0 ? undefined : readTemplate(context, SCHEMAS[kind].root, reader, fileId);
  return {
    file,
    root: root && isMapping(root) ? root : undefined,
    context,
    problem: (token, message) => context.error(token, message),
    problems: () =>
      context.errors.getErrors().map(({ rawMessage, range }) => ({
        file,
        line: range?.start.line ?? 1,
        column: range?.start.column ?? 1,
        message: rawMessage,
      })),
  };
}

/**
 * An expression that stands where the schema has this definition; it brings the contexts and functions of the place.
 * Throws if it cannot be parsed.
 */
export function condition(
  template: Template,
  definition: string,
  text: string,
  at?: TemplateToken,
): BasicExpressionToken {
  const info = new DefinitionInfo(template.context.schema, definition);
  ExpressionToken.validateExpression(text, info.allowedContext);
  return new BasicExpressionToken(at?.file, at?.range, text, info, undefined, undefined, undefined, undefined);
}

/** The value of a key that holds no expression. */
export function literal(mapping: MappingToken | undefined, key: string): string | undefined {
  const value = mapping?.find(key);
  return value && isLiteral(value) ? value.toString() : undefined;
}

/** The mapping under a key, if it is one as written. */
export function mappingAt(mapping: MappingToken | undefined, key: string): MappingToken | undefined {
  const value = mapping?.find(key);
  return value && isMapping(value) ? value : undefined;
}

/**
 * The parser takes a text of several lines from its source, for the sake of an editor's columns; the source still has
 * its indentation, which is no part of the value.
 */
class ValueReader extends YamlObjectReader {
  override allowLiteral() {
    const token = super.allowLiteral();
    if (!(token instanceof StringToken) || token.range?.start.line === token.range?.end.line) return token;
    return new StringToken(token.file, token.range, token.value, token.definitionInfo);
  }
}

const schemas = new Map<TemplateKind, TemplateSchema>();

/** The package's own loader imports the JSON without an import attribute, which Node refuses. */
function schema(kind: TemplateKind): TemplateSchema {
  const known = schemas.get(kind);
  if (known) return known;
  const manifest = findPackageJSON('@actions/workflow-parser', import.meta.url);
  if (manifest === undefined) throw new Error('@actions/workflow-parser is not installed');
  const text = readFileSync(join(dirname(manifest), 'dist', SCHEMAS[kind].file), 'utf8');
  const loaded = TemplateSchema.load(new JSONObjectReader(undefined, text));
  schemas.set(kind, loaded);
  return loaded;
}

/** `Nested mappings are not allowed at line 2, column 4:` and an excerpt: the place is told with each problem anyway. */
function withoutPlace(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
}

const SILENT = { error() {}, info() {}, verbose() {} };
