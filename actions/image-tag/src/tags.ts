import type { Finding } from '@delivery-actions/action-kit';
import { type GitRef, named } from './git-ref.ts';
import type { TagRule } from './rule.ts';
import { type FittedTag, fitTag, type Hash } from './tag-grammar.ts';

/** Where the tags come from. */
export interface TagSource {
  /** Full sha. */
  readonly commit: string;
  readonly shaLength: number;
  readonly ref: GitRef;
  /** Tells apart what a tag cannot. */
  readonly hash: Hash;
}

/** What became of one rule. */
export interface TagRow {
  /** Null when the rule gave none. */
  readonly tag: string | null;
  readonly rule: string;
  readonly why: string;
}

export interface DerivedTags {
  /** One for each rule, highest priority first. */
  readonly rows: readonly TagRow[];
  /** Each tag once, highest priority first. */
  readonly tags: readonly string[];
  readonly findings: readonly Finding[];
}

interface Wanted {
  /** Null when the rule does not apply. */
  readonly value: string | null;
  readonly why: string;
  /** What kind of name it is; leads a tag that could not stand alone. */
  readonly kind: string;
}

const KINDS = { branch: 'branch', tag: 'tag', pr: 'pull request' } as const;

/** Applies the rules in the order of their priority. Every tag obeys the grammar; a name that had to change is a warning. */
export function deriveTags(rules: readonly TagRule[], source: TagSource): DerivedTags {
  const makers = new Map<string, string>();
  const findings: Finding[] = [];
  const rows = rules
    .toSorted((a, b) => b.priority - a.priority)
    .map((rule): TagRow => {
      const { value, why, kind } = wanted(rule, source);
      if (value === null) return { tag: null, rule: rule.line, why };
      const fitted = fitTag({ prefix: rule.prefix, value, suffix: rule.suffix }, kind, source.hash);
      const { tag } = fitted;
      if (fitted.changes.length > 0) findings.push(changed(`${rule.prefix}${value}${rule.suffix}`, fitted));
      const maker = makers.get(tag);
      if (maker !== undefined) return { tag: null, rule: rule.line, why: `${tag} again, as ${maker} gave` };
      makers.set(tag, rule.line);
      return { tag, rule: rule.line, why };
    });
  const tags = [...makers.keys()];
  if (tags.length === 0) findings.push(nothing(source.ref));
  return { rows, tags, findings };
}

function wanted(rule: TagRule, { commit, shaLength, ref }: TagSource): Wanted {
  const kind = rule.type === 'ref' ? rule.event : rule.type;
  if (!rule.enable) return { kind, value: null, why: 'enable=false' };
  switch (rule.type) {
    case 'sha':
      return rule.format === 'long'
        ? { kind, value: commit, why: `commit ${commit}` }
        : { kind, value: commit.slice(0, shaLength), why: `first ${shaLength} digits of commit ${commit}` };
    case 'ref':
      return ref.kind === KINDS[rule.event]
        ? { kind, value: ref.name, why: named(ref) }
        : { kind, value: null, why: `the run is for ${named(ref)}, not for a ${KINDS[rule.event]}` };
    case 'raw':
      return { kind, value: rule.value, why: 'as written' };
  }
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

function nothing(ref: GitRef): Finding {
  return {
    level: 'error',
    title: 'No tag',
    message: `No rule gave a tag for this run, which is for ${named(ref)}.`,
    hint: 'add a rule that always applies under "tags:":\ntype=sha',
  };
}
