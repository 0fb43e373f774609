import type { Finding } from '@delivery-actions/action-kit';
import type { Flavor } from './flavor.ts';
import { named } from './git-ref.ts';
import { isImmutable, type MutableTag, mutableFindings } from './policy.ts';
import type { TagRule } from './rule.ts';
import { type FittedTag, fitTag } from './tag-grammar.ts';
import { type Higher, higherVersion, incomparable, mayLackTags, unknownHigher } from './upward.ts';
import { type FoundVersion, fill, release, type TagSource, type Wanted, wanted } from './wanted.ts';

/** What became of one rule. */
export interface TagRow {
  /** Null when the rule gave none. */
  readonly tag: string | null;
  readonly rule: string;
  readonly why: string;
}

export interface DerivedTags {
  /** One for each rule, highest priority first, and one for `latest` where there is one. */
  readonly rows: readonly TagRow[];
  /** Each tag once, highest priority first. */
  readonly tags: readonly string[];
  /** Those that no other commit ever gets. */
  readonly immutable: readonly string[];
  /** The version that tags of this run go up or stay by; absent when none of them moves by a version. */
  readonly moving?: FoundVersion;
  readonly findings: readonly Finding[];
}

export interface TagPolicy {
  /** What happens to a name that another name may give the same tag. */
  readonly collisions: 'warn' | 'hash';
  /** `production` refuses tags that move. */
  readonly policy: 'any' | 'production';
}

/** Applies the rules in the order of their priority. Every tag obeys the grammar; a name that had to change is a warning. */
export function deriveTags(
  rules: readonly TagRule[],
  flavor: Flavor,
  source: TagSource,
  { collisions, policy }: TagPolicy,
): DerivedTags {
  const makers = new Map<string, string>();
  const findings: Finding[] = [];
  const mutable: MutableTag[] = [];
  const unsure: { readonly tag: string; readonly version: string }[] = [];
  let first: Wanted | undefined;
  let moving: FoundVersion | undefined;

  function give(line: string, want: Wanted, value: string, [prefix, suffix]: readonly [string, string]): TagRow {
    const fitted = fitTag({ prefix, value, suffix }, want.kind, source.hash, collisions === 'hash');
    const { tag } = fitted;
    if (fitted.changes.length > 0) findings.push(changed(`${prefix}${value}${suffix}`, fitted));
    const maker = makers.get(tag);
    if (maker !== undefined) return { tag: null, rule: line, why: `${tag} again, as ${maker} gave` };
    makers.set(tag, line);
    if (!isImmutable(tag, want, source)) {
      mutable.push({ tag, rule: line });
      const { found } = want;
      moving ??= found;
      if (found?.version.final && source.released === undefined && mayLackTags(found.subject, source.gitTags))
        unsure.push({ tag, version: found.version.version });
    }
    return { tag, rule: line, why: want.why };
  }

  const rows = rules
    .toSorted((a, b) => b.priority - a.priority)
    .map((rule): TagRow => {
      const want = wanted(rule, source);
      if (want.value === null) return { tag: null, rule: rule.line, why: want.why };
      // A rule that is held back decides about latest all the same, or the next one would.
      first ??= want;
      const moves = want.kind === 'latest' || want.found?.version.final;
      const higher = want.found && moves && higherVersion(want.found, source, want.kind !== 'latest');
      if (higher) return { tag: null, rule: rule.line, why: stays(want.value, higher, want) };
      const around = [fill(rule.prefix ?? flavor.prefix, source), fill(rule.suffix ?? flavor.suffix, source)] as const;
      return give(rule.line, want, want.value, around);
    });
  if (first !== undefined && (flavor.latest === 'auto' ? first.latest : flavor.latest === 'true')) {
    const rule = `flavor latest=${flavor.latest}`;
    const want = { ...release(source), ...first, kind: 'latest', value: 'latest', why: latestWhy(flavor, first) };
    const higher = want.found && higherVersion(want.found, source, false);
    const prefix = flavor.prefixLatest ? fill(flavor.prefix, source) : '';
    const suffix = flavor.suffixLatest ? fill(flavor.suffix, source) : '';
    rows.push(
      higher ? { tag: null, rule, why: stays('latest', higher, want) } : give(rule, want, 'latest', [prefix, suffix]),
    );
    if (want.found === undefined && source.ref.kind === 'tag') findings.push(incomparable(source.ref.name));
  }
  const tags = [...makers.keys()];
  if (tags.length === 0) findings.push(nothing(source));
  if (first?.found?.version.metadata !== undefined) findings.push(metadataLeftOut(first.found));
  if (unsure[0] !== undefined)
    findings.push(
      unknownHigher(
        unsure[0].version,
        unsure.map(({ tag }) => tag),
      ),
    );
  if (policy === 'production') findings.push(...mutableFindings(mutable));
  const immutable = tags.filter((tag) => mutable.every((each) => each.tag !== tag));
  return { rows, tags, immutable, findings, ...(moving === undefined ? {} : { moving }) };
}

/** Why a tag is held back. */
function stays(tag: string, { version, reference }: Higher, { found }: Wanted): string {
  const seen = reference === undefined ? '' : ` (there is ${reference})`;
  return `${tag} stays with ${version.version}, which is higher than ${found?.version.version}${seen}`;
}

function latestWhy({ latest }: Flavor, first: Wanted): string {
  return latest === 'true' ? 'as written' : `the first tag is of ${first.why}`;
}

function changed(wanted: string, { tag, changes, ambiguous }: FittedTag): Finding {
  const risk = ambiguous ? ' Another name may become the same tag and overwrite it.' : '';
  return {
    level: 'warning',
    title: `Tag ${tag}`,
    message: `"${wanted}" became the tag "${tag}": ${changes.join('; ')}.${risk}`,
    hint: `deploy by the tag of type=sha, which no other commit has${ambiguous ? ', or tell such names apart:\ncollisions: hash' : ''}`,
  };
}

function metadataLeftOut({ subject, version }: FoundVersion): Finding {
  return {
    level: 'warning',
    title: 'Build metadata',
    message: `No tag can have the build metadata ${version.metadata} of ${subject}: another build of ${version.version} would get the same tags.`,
    hint: 'deploy by the tag of type=sha, which no other commit has',
  };
}

function nothing({ ref }: TagSource): Finding {
  return {
    level: 'error',
    title: 'No tag',
    message: `No rule gave a tag for this run, which is for ${named(ref)}.`,
    hint: 'add a rule that always applies under "tags:":\ntype=sha',
  };
}
