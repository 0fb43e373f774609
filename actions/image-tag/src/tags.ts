import type { Finding } from '@delivery-actions/action-kit';
import type { Flavor } from './flavor.ts';
import { named } from './git-ref.ts';
import type { TagRule } from './rule.ts';
import { type FittedTag, fitTag } from './tag-grammar.ts';
import { fill, type TagSource, type Wanted, wanted } from './wanted.ts';

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
  readonly findings: readonly Finding[];
}

/** Applies the rules in the order of their priority. Every tag obeys the grammar; a name that had to change is a warning. */
export function deriveTags(rules: readonly TagRule[], flavor: Flavor, source: TagSource): DerivedTags {
  const makers = new Map<string, string>();
  const findings: Finding[] = [];
  let first: Wanted | undefined;

  function give(
    line: string,
    why: string,
    kind: string,
    parts: { prefix: string; value: string; suffix: string },
  ): TagRow {
    const fitted = fitTag(parts, kind, source.hash);
    const { tag } = fitted;
    if (fitted.changes.length > 0) findings.push(changed(`${parts.prefix}${parts.value}${parts.suffix}`, fitted));
    const maker = makers.get(tag);
    if (maker !== undefined) return { tag: null, rule: line, why: `${tag} again, as ${maker} gave` };
    makers.set(tag, line);
    return { tag, rule: line, why };
  }

  const rows = rules
    .toSorted((a, b) => b.priority - a.priority)
    .map((rule): TagRow => {
      const want = wanted(rule, source);
      if (want.value === null) return { tag: null, rule: rule.line, why: want.why };
      first ??= want;
      return give(rule.line, want.why, want.kind, {
        prefix: fill(rule.prefix ?? flavor.prefix, source),
        value: want.value,
        suffix: fill(rule.suffix ?? flavor.suffix, source),
      });
    });
  if (first !== undefined && (flavor.latest === 'auto' ? first.latest : flavor.latest === 'true'))
    rows.push(
      give(`flavor latest=${flavor.latest}`, latestWhy(flavor, first), 'latest', {
        prefix: flavor.prefixLatest ? fill(flavor.prefix, source) : '',
        value: 'latest',
        suffix: flavor.suffixLatest ? fill(flavor.suffix, source) : '',
      }),
    );
  const tags = [...makers.keys()];
  if (tags.length === 0) findings.push(nothing(source));
  return { rows, tags, findings };
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
