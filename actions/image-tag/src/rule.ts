import {
  type Attributes,
  allProblems,
  choice,
  listed,
  type Problem,
  readAttributes,
  refuseStrangers,
  suggestion,
  wholeNumber,
} from './attributes.ts';
import { checkTemplate } from './template.ts';

interface CommonAttributes {
  /** The rule as it was written, for the report. */
  readonly line: string;
  /** `true`, `false`, or expressions that give one of them. */
  readonly enable: string;
  /** Higher comes first; the first tag is the version. */
  readonly priority: number;
  /** Without one, the flavor's. */
  readonly prefix?: string;
  readonly suffix?: string;
}

export type VersionType = 'semver' | 'pep440' | 'calver';

/** Texts may have `{{expressions}}`; those of `VersionRule.pattern` are of the version too. */
export interface VersionRule extends CommonAttributes {
  readonly type: VersionType;
  readonly pattern: string;
  /** Instead of the git tag. */
  readonly value: string;
  /** What of the text is the version: the first group, or the whole match. */
  readonly match?: RegExp;
  /** semver only: `1.2` is a version too. */
  readonly loose: boolean;
}

/** One line of the `tags` input. */
export type TagRule =
  | VersionRule
  | (CommonAttributes &
      (
        | { readonly type: 'sha'; readonly format: 'short' | 'long' }
        | { readonly type: 'ref'; readonly event: 'branch' | 'tag' | 'pr' }
        | { readonly type: 'raw'; readonly value: string }
        | { readonly type: 'schedule'; readonly pattern: string }
        | { readonly type: 'edge'; readonly branch?: string }
        | { readonly type: 'match'; readonly pattern: RegExp; readonly group: number; readonly value: string }
      ));

/** Notation and priorities are docker/metadata-action's ("tags input" in its README); calver is ours. */
const TYPES = {
  sha: { priority: 100, attributes: ['format'] },
  ref: { priority: 600, attributes: ['event'] },
  raw: { priority: 200, attributes: ['value'] },
  schedule: { priority: 1000, attributes: ['pattern'] },
  semver: { priority: 900, attributes: ['pattern', 'value', 'match', 'loose'] },
  pep440: { priority: 900, attributes: ['pattern', 'value', 'match'] },
  calver: { priority: 900, attributes: ['pattern', 'value', 'match'] },
  match: { priority: 800, attributes: ['pattern', 'group', 'value'] },
  edge: { priority: 700, attributes: ['branch'] },
} as const;
const COMMON = ['enable', 'priority', 'prefix', 'suffix'] as const;
const TEMPLATES = ['enable', 'prefix', 'suffix', 'value'] as const;
const OF_VERSION = ['raw', 'version', 'major', 'minor', 'patch'];

type TypeName = keyof typeof TYPES;

/** `type=ref,event=branch,prefix=dev-`; a bare word is a raw value. Throws a UserError with all that is wrong. */
export function parseRule(line: string): TagRule {
  return allProblems((problem) => {
    const attributes = readAttributes(line, problem);
    const type = readType(attributes, problem);
    // Whatever is wrong with it is thrown before anyone sees it.
    return (type && readRule(type, line, attributes, problem)) as TagRule;
  });
}

function readType(attributes: Attributes, problem: Problem): TypeName | undefined {
  const given = attributes.get('type') ?? 'raw';
  if (Object.hasOwn(TYPES, given)) return given as TypeName;
  const types = Object.keys(TYPES);
  problem(`type=${given} is not a type of rule: expected type=${listed(types)}.`, suggestion(given, types));
  return undefined;
}

function readRule(type: TypeName, line: string, attributes: Attributes, problem: Problem): TagRule {
  const own: readonly string[] = TYPES[type].attributes;
  refuseStrangers(`type=${type}`, [...own, ...COMMON, 'type'], attributes, problem);
  for (const name of TEMPLATES) checkTemplate(attributes.get(name) ?? '', problem);
  const common = commonAttributes(type, line, attributes, problem);
  const given = (name: string) => attributes.get(name) ?? '';
  switch (type) {
    case 'sha':
      return { type, ...common, format: choice('format', ['short', 'long'], given('format') || 'short', problem) };
    case 'ref':
      return { type, ...common, event: choice('event', ['branch', 'tag', 'pr'], given('event'), problem) };
    case 'raw':
      if (common.enable !== 'false' && given('value') === '')
        problem('value is empty.', 'does an expression in it give nothing? Write type=raw,value=some-text');
      return { type, ...common, value: given('value') };
    case 'schedule':
      checkTemplate(given('pattern'), problem);
      return { type, ...common, pattern: given('pattern') || 'nightly' };
    case 'edge':
      return { type, ...common, ...(given('branch') === '' ? {} : { branch: given('branch') }) };
    case 'match':
      required('pattern', String.raw`"pattern=^v(\d+\.\d+)",group=1`, attributes, problem);
      if (attributes.has('group') && !/^\d{1,9}$/.test(given('group')))
        problem(`group=${given('group')}: expected the number of a group, 0 for the whole match.`);
      return {
        type,
        ...common,
        pattern: regularExpression('pattern', given('pattern'), problem),
        group: Number(given('group') || '0'),
        value: given('value'),
      };
    default:
      required('pattern', 'pattern={{version}}', attributes, problem);
      checkTemplate(given('pattern'), problem, OF_VERSION);
      return {
        type,
        ...common,
        pattern: given('pattern'),
        value: given('value'),
        ...(given('match') === '' ? {} : { match: regularExpression('match', given('match'), problem) }),
        loose: choice('loose', ['true', 'false'], given('loose') || 'false', problem) === 'true',
      };
  }
}

function commonAttributes(type: TypeName, line: string, attributes: Attributes, problem: Problem): CommonAttributes {
  const enable = attributes.get('enable') ?? 'true';
  const prefix = attributes.get('prefix') ?? ownPrefix(type, attributes);
  const suffix = attributes.get('suffix');
  return {
    line,
    enable: enable.includes('{{') ? enable : choice('enable', ['true', 'false'], enable, problem),
    priority: wholeNumber('priority', attributes.get('priority') ?? String(TYPES[type].priority), problem),
    ...(prefix === undefined ? {} : { prefix }),
    ...(suffix === undefined ? {} : { suffix }),
  };
}

function ownPrefix(type: TypeName, attributes: Attributes): string | undefined {
  if (type === 'sha') return 'sha-';
  return type === 'ref' && attributes.get('event') === 'pr' ? 'pr-' : undefined;
}

function required(name: string, example: string, attributes: Attributes, problem: Problem): void {
  if ((attributes.get(name) ?? '') === '') problem(`${name} has no value.`, `for example ${example}`);
}

/** `\d+` or `/\d+/i` */
function regularExpression(name: string, given: string, problem: Problem): RegExp {
  const [, source = given, flags = ''] = /^\/(.+)\/([a-z]*)$/s.exec(given) ?? [];
  try {
    return new RegExp(source, flags.replace(/[gy]/g, ''));
  } catch (error) {
    problem(
      `${name}=${given} is not a regular expression: ${error instanceof Error ? error.message : String(error)}.`,
      `put it in quotes if it has a comma: "${name}=${given}..."`,
    );
    return /(?!)/;
  }
}
