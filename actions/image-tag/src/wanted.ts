import { UserError } from '@delivery-actions/action-kit';
import { formatDate } from './date-format.ts';
import { type GitRef, named } from './git-ref.ts';
import type { TagRule, VersionRule } from './rule.ts';
import type { Hash } from './tag-grammar.ts';
import { type Expression, isRawStatement, render } from './template.ts';
import { familyOf, type GitTags, type Released } from './upward.ts';
import { type ReadVersion, readDotted, readerOf, type Version } from './version.ts';

/** Where the tags come from: all that is known of the run. */
export interface TagSource {
  /** Full sha. */
  readonly commit: string;
  readonly shaLength: number;
  readonly ref: GitRef;
  readonly eventName: string;
  /** Absent when neither the event nor git knows it. */
  readonly defaultBranch?: string;
  /** What a pull request goes to or a tag was pushed from; empty when that is not known. */
  readonly baseRef: string;
  readonly now: Date;
  /** When the image counts as made. */
  readonly created: Date;
  /** Absent when neither the event nor git knows it. */
  readonly commitDate?: Date;
  readonly semver: ReadVersion;
  /** Asked for only when a tag may be of a version. */
  readonly gitTags?: GitTags;
  /** Known only when a registry was asked. */
  readonly released?: Released;
  /** Tells apart what a tag cannot. */
  readonly hash: Hash;
}

/** A version that a rule found, and how it would read and write another one. */
export interface FoundVersion {
  /** The git tag, or what stands for it. */
  readonly subject: string;
  readonly version: Version;
  /** It has all parts that its scheme wants, so that it is the name of one release. */
  readonly whole: boolean;
  readonly read: ReadVersion;
  /** The tag's value for a version: the same value for two versions is a tag that moves. */
  readonly write: (version: Version) => string | null;
}

export interface Wanted {
  /** Null when the rule does not apply. */
  readonly value: string | null;
  readonly why: string;
  /** What kind of name it is; leads a tag that could not stand alone. */
  readonly kind: string;
  /** With `latest=auto` there is a `latest` when this is the first tag. */
  readonly latest: boolean;
  readonly found?: FoundVersion;
}

const KINDS = { branch: 'branch', tag: 'tag', pr: 'pull request' } as const;

/** What the rule wants as the middle of its tag, between prefix and suffix. */
export function wanted(rule: TagRule, source: TagSource): Wanted {
  const kind = rule.type === 'ref' ? rule.event : rule.type;
  const wants = (value: string | null, why: string, latest = false): Wanted => ({ kind, value, why, latest });
  const enable = fill(rule.enable, source);
  if (enable !== 'true' && enable !== 'false')
    throw new UserError(`${rule.line} has enable=${rule.enable}, which gives "${enable}": expected true or false.`);
  if (enable === 'false')
    return wants(null, rule.enable === 'false' ? 'enable=false' : `enable=${rule.enable} is false`);
  const { commit, shaLength, ref } = source;
  switch (rule.type) {
    case 'sha':
      return rule.format === 'long'
        ? wants(commit, `commit ${commit}`)
        : wants(commit.slice(0, shaLength), `first ${shaLength} digits of commit ${commit}`);
    case 'ref':
      if (rule.event === 'tag' && ref.kind === 'tag')
        return { ...wants(ref.name, named(ref), true), ...release(source) };
      return ref.kind === KINDS[rule.event]
        ? wants(ref.name, named(ref))
        : wants(null, `the run is for ${named(ref)}, not for a ${KINDS[rule.event]}`);
    case 'raw': {
      const value = fill(rule.value, source);
      if (value === '') return wants(null, `${rule.value} is empty`);
      const why = rule.value.includes('{{') ? rule.value : 'as written';
      // Written out or by flavor: latest is latest.
      return value === 'latest' ? { ...wants(value, why), ...release(source), kind: 'latest' } : wants(value, why);
    }
    case 'schedule': {
      if (source.eventName !== 'schedule') return wants(null, `the event is ${source.eventName}, not schedule`);
      const name = fill(rule.pattern, source);
      return name === '' ? wants(null, `${rule.pattern} is empty`) : wants(name, 'a scheduled run');
    }
    case 'edge': {
      const branch = rule.branch ?? source.defaultBranch;
      if (branch === undefined) return wants(null, 'which branch is the default one is not known: write branch=...');
      return ref.kind === 'branch' && ref.name === branch
        ? wants('edge', named(ref))
        : wants(null, `the run is for ${named(ref)}, not for branch "${branch}"`);
    }
    case 'match':
      return { kind, ...matched(rule, source) };
    default:
      return { kind, ...versioned(rule, source) };
  }
}

type Found = Omit<Wanted, 'kind'>;
const nothing = (why: string): Found => ({ value: null, why, latest: false });

/** The git tag, or what the rule says instead. */
function subject(value: string, source: TagSource): string | undefined {
  if (value !== '') return fill(value, source);
  return source.ref.kind === 'tag' ? source.ref.name : undefined;
}

function matched(rule: TagRule & { type: 'match' }, source: TagSource): Found {
  const text = subject(rule.value, source);
  if (text === undefined) return nothing(`the run is for ${named(source.ref)}, not for a tag`);
  const found = rule.pattern.exec(text);
  if (found === null) return nothing(`"${text}" does not match ${rule.pattern}`);
  const value = found[rule.group];
  if (value === undefined || value === '') return nothing(`${rule.pattern} has no group ${rule.group} in "${text}"`);
  const part = (tag: string) => rule.pattern.exec(tag)?.[rule.group] ?? null;
  return { value, why: `${rule.pattern} in "${text}"`, latest: true, ...foundIn(text, part) };
}

/** The version of the git tag that the run is for. */
export function release({ ref }: TagSource): { found?: FoundVersion } {
  return ref.kind === 'tag' ? foundIn(ref.name, (tag) => tag) : {};
}

/** The version that a tag has in its name, for rules that do not say how to read one. */
function foundIn(subject: string, write: (tag: string) => string | null): { found?: FoundVersion } {
  const read: ReadVersion = (tag) => {
    const version = write(tag) === null ? undefined : readDotted(tag.slice(familyOf(tag).length));
    return version && { ...version, raw: tag };
  };
  const version = read(subject);
  return version === undefined
    ? {}
    : { found: { subject, version, read, write: ({ raw }) => write(raw), whole: version.patch !== undefined } };
}

function versioned(rule: VersionRule, source: TagSource): Found {
  const text = subject(rule.value, source);
  if (text === undefined) return nothing(`the run is for ${named(source.ref)}, not for a tag`);
  const readText = readerOf(rule, source.semver);
  const read: ReadVersion = (tag) => {
    const part = rule.match === undefined ? tag : partOf(rule.match.exec(tag));
    return part === undefined ? undefined : readText(part.replaceAll('/', '-'));
  };
  const version = read(text);
  if (version === undefined) {
    if (rule.match !== undefined && !rule.match.test(text)) return nothing(`"${text}" does not match ${rule.match}`);
    return nothing(`"${text}" is not a version of ${rule.type}${looseHint(rule, text)}`);
  }
  const write = (other: Version) => written(rule.pattern, other, source);
  const value = write(version);
  if (value === null) return nothing(`"${text}" has no part for ${rule.pattern}`);
  if (value === '') return nothing(`${rule.pattern} is empty`);
  const dropped = version.metadata === undefined ? '' : `, without its build metadata ${version.metadata}`;
  const pre = version.final || isRawStatement(rule.pattern) ? '' : ', a pre-release, so all of it';
  return {
    value,
    why: `version ${version.version}${dropped}${pre}`,
    latest: version.final,
    found: { subject: text, version, read, write, whole: true },
  };
}

/** A pre-release is written whole, or `1` would be a release candidate. */
function written(pattern: string, version: Version, source: TagSource): string | null {
  if (!version.final) return isRawStatement(pattern) ? version.raw : version.version;
  let missing = false;
  const own: Readonly<Record<string, string | undefined>> = { ...version, final: undefined, order: undefined };
  const value = render(pattern, (expression) => {
    if (!Object.hasOwn(own, expression.name) && !['minor', 'patch'].includes(expression.name))
      return evaluate(expression, source);
    missing ||= own[expression.name] === undefined && !expression.condition;
    return own[expression.name] ?? '';
  });
  return missing ? null : value;
}

function partOf(match: RegExpExecArray | null): string | undefined {
  return match === null ? undefined : (match[1] ?? match[0]);
}

function looseHint({ type, loose }: VersionRule, text: string): string {
  return type === 'semver' && !loose && /^v?\d+(\.\d+)?(-|$)/.test(text) ? ': loose=true takes it' : '';
}

/** The text with its `{{expressions}}` evaluated. */
export function fill(text: string, source: TagSource): string {
  return text.includes('{{') ? render(text, (expression) => evaluate(expression, source)) : text;
}

function evaluate({ text, name, format, timeZone }: Expression, source: TagSource): string {
  const { ref } = source;
  switch (name) {
    case 'branch':
      return ref.kind === 'branch' ? ref.name : '';
    case 'tag':
      return ref.kind === 'tag' ? ref.name : '';
    case 'sha':
      return source.commit.slice(0, source.shaLength);
    case 'base_ref':
      return source.baseRef;
    case 'is_default_branch':
      return String(isDefaultBranch(text, source));
    case 'is_not_default_branch':
      return String(!isDefaultBranch(text, source));
    case 'date':
      return formatDate(source.now, format, timeZone);
    case 'created':
      return format === undefined ? source.created.toISOString() : formatDate(source.created, format, timeZone);
    case 'commit_date':
      if (source.commitDate !== undefined) return formatDate(source.commitDate, format, timeZone);
      throw new UserError(`${text} is not known: the event does not say when ${source.commit} was made.`, {
        hint: 'let git say it: add a step that uses actions/checkout before this one',
      });
  }
  return text;
}

function isDefaultBranch(text: string, { ref, defaultBranch }: TagSource): boolean {
  if (ref.kind !== 'branch') return false;
  if (defaultBranch !== undefined) return ref.name === defaultBranch;
  throw new UserError(`${text} is not known: the event does not say which branch is the default one.`, {
    hint: "compare it in the workflow: enable=${{ github.ref == 'refs/heads/main' }}",
  });
}
