import type { Finding } from '@delivery-actions/action-kit';
import type { TagSource, Wanted } from './wanted.ts';

/** A tag that the next run may give to another image, and the rule that gave it. */
export interface MutableTag {
  readonly tag: string;
  readonly rule: string;
}

/**
 * Whether no other commit ever gets that tag: it names the commit, or a whole version. A git tag can be moved, but one
 * that is a whole version is not meant to be.
 */
export function isImmutable(tag: string, { kind, value, found }: Wanted, { commit, shaLength }: TagSource): boolean {
  if (tag.includes(commit.slice(0, shaLength))) return true;
  if (kind === 'latest' || found === undefined || value === null) return false;
  const { version, whole } = found;
  return whole && (!version.final || value.includes(version.version));
}

/** `policy: production`: one error for each tag that moves. */
export function mutableFindings(tags: readonly MutableTag[]): readonly Finding[] {
  return tags.map(({ tag, rule }) => ({
    level: 'error',
    title: `Mutable tag ${tag}`,
    message: `"${tag}" of ${rule} names neither a commit nor a whole version, so it will move, and policy: production refuses it.`,
    hint: rule.startsWith('flavor ')
      ? 'add under "with:":\nflavor: latest=false'
      : 'deploy by a tag that stays, such as type=sha, and leave this rule to another workflow',
  }));
}
