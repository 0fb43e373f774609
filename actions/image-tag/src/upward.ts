import type { Finding } from '@delivery-actions/action-kit';
import { compareVersions, type Version } from './version.ts';
import type { FoundVersion } from './wanted.ts';

/** The git tags; undefined when git does not know them. `complete` is false for a shallow clone, which may lack some. */
export type GitTags = { readonly names: readonly string[]; readonly complete: boolean } | undefined;

/** What is left of a tag without its version: `p1/`, `svc2-`. Tags of one family are versions of the same thing. */
export function familyOf(name: string): string {
  return name.replace(/v?\d+\.\d[\w.+-]*$|v?\d+$/i, '');
}

/** What the registry's tags say was released: the name that the git tag of each would have, and the reference that says so. */
export type Released = ReadonlyMap<string, string>;

export interface Higher {
  readonly version: Version;
  /** The reference in a registry that says so; absent when a git tag does. */
  readonly reference?: string;
}

/**
 * The highest final version of the same family that is higher than the found one, out of the git tags and the registry's;
 * with `sameTag`, only among those that the rule would give the same tag, which would move back.
 */
export function higherVersion(
  found: FoundVersion,
  { gitTags, released = new Map() }: { readonly gitTags?: GitTags; readonly released?: Released },
  sameTag: boolean,
): Higher | undefined {
  const { subject, version, read, write } = found;
  const family = familyOf(subject);
  const value = sameTag ? write(version) : undefined;
  let highest: Higher | undefined;
  // What git knows goes first, so that a registry is named only for what it alone knows.
  const known = (gitTags?.names ?? []).map((name) => [name, undefined] as const);
  for (const [name, reference] of [...known, ...released]) {
    if (familyOf(name) !== family) continue;
    const other = read(name);
    if (other === undefined || !other.final) continue;
    const most = highest?.version ?? version;
    const difference = compareVersions(other, most);
    // A release is higher than its own pre-releases.
    if (difference < 0 || (difference === 0 && most.final)) continue;
    if (!sameTag || write(other) === value)
      highest = { version: other, ...(reference === undefined ? {} : { reference }) };
  }
  return highest;
}

/**
 * The releases that tags in a registry stand for. `tag` is what the found version got: another tag that differs from it in
 * nothing but a version with as many numbers is of another release of the same thing.
 */
export function releasedBy(
  references: readonly { readonly tag: string; readonly reference: string }[],
  { subject, version: { version } }: FoundVersion,
  tag: string | undefined,
): Released | undefined {
  const numbers = /\d+(?:\.\d+)*/.exec(version)?.[0];
  if (numbers === undefined || !subject.includes(version)) return undefined;
  const at = tag?.lastIndexOf(version) ?? -1;
  const [before, after] = tag === undefined || at < 0 ? ['', ''] : [tag.slice(0, at), tag.slice(at + version.length)];
  const released = new Map<string, string>();
  for (const other of references) {
    if (!other.tag.startsWith(before) || !other.tag.endsWith(after)) continue;
    const middle = other.tag.slice(before.length, other.tag.length - after.length);
    if (/^\d+(?:\.\d+)*$/.test(middle) && middle.split('.').length === numbers.split('.').length)
      released.set(subject.replace(version, middle), other.reference);
  }
  return released;
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
