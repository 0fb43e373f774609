import type { Finding } from '@delivery-actions/action-kit';
import { compareVersions, type Version } from './version.ts';
import type { FoundVersion } from './wanted.ts';

/** The git tags; undefined when git does not know them. `complete` is false for a shallow clone, which may lack some. */
export type GitTags = { readonly names: readonly string[]; readonly complete: boolean } | undefined;

/** What is left of a tag without its version: `p1/`, `svc2-`. Tags of one family are versions of the same thing. */
export function familyOf(name: string): string {
  return name.replace(/v?\d+\.\d[\w.+-]*$|v?\d+$/i, '');
}

/**
 * The highest final version of the same family that is higher than the found one, out of the git tags; with `sameTag`,
 * only among those that the rule would give the same tag, which would move back.
 */
export function higherVersion(found: FoundVersion, tags: GitTags, sameTag: boolean): Version | undefined {
  const { subject, version, read, write } = found;
  const family = familyOf(subject);
  const value = sameTag ? write(version) : undefined;
  let highest: Version | undefined;
  for (const name of tags?.names ?? []) {
    if (familyOf(name) !== family) continue;
    const other = read(name);
    if (other === undefined || !other.final) continue;
    const difference = compareVersions(other, highest ?? version);
    // A release is higher than its own pre-releases.
    if (difference < 0 || (difference === 0 && (highest ?? version).final)) continue;
    if (!sameTag || write(other) === value) highest = other;
  }
  return highest;
}

/** Whether git may lack a higher version: the tag that a run is for is all that its shallow clone is sure to have. */
export function mayLackTags(subject: string, tags: GitTags): boolean {
  return tags === undefined || (!tags.complete && tags.names.every((name) => name === subject));
}

/** One warning for all the tags that came out although nobody knows whether they move up. */
export function unknownHigher(version: string, tags: readonly string[]): Finding {
  return {
    level: 'warning',
    title: 'Higher versions are not known',
    message: `${tags.join(', ')} may move back: whether a higher version than ${version} was released is not known, since the checkout does not have the git tags.`,
    hint: 'let it have them, under "with:" of actions/checkout:\nfetch-depth: 0',
  };
}

/** For a `latest` that was given to a git tag which is no version. */
export function incomparable(name: string): Finding {
  return {
    level: 'warning',
    title: 'No version to compare',
    message: `latest may move back: the git tag "${name}" has no version that could be compared with those of other tags.`,
    hint: 'if it is not meant to be the latest, add under "with:":\nflavor: latest=false',
  };
}
