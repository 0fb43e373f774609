import { TAG_MAX } from '@delivery-actions/oci';

const HASH_DIGITS = 8;

/** Hex digits of a cryptographic hash of the text. */
export type Hash = (text: string) => string;

/** Plain scalars that YAML 1.1 or 1.2, and so Helm, does not read as strings (helm/helm#3246, #13378). */
const NOT_A_STRING =
  /^(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:e-?[0-9]+)?|e-?[0-9]+|true|false|yes|no|on|off|y|n|null)$/i;

/** Kinds of names that are not chosen to be read, or by somebody else: a version or a date is what its rule says. */
const CHANCE: readonly string[] = ['sha', 'branch', 'pr'];

export interface FittedTag {
  readonly tag: string;
  /** What had to change and why, as parts of a sentence; empty when nothing had to. */
  readonly changes: readonly string[];
  /** Another text may give the same tag. */
  readonly ambiguous: boolean;
}

/**
 * The tag that is nearest to the wanted text. What is cut, or has nothing left, gets digits of the text's hash, so that
 * two texts stay two tags. `kind` leads a tag that cannot stand alone: `branch-3fa94c01`, `sha-123456789012`.
 */
export function fitTag(
  { prefix, value, suffix }: { prefix: string; value: string; suffix: string },
  kind: string,
  hashOf: Hash,
  /** A tag that another text may give too gets its hash as well. */
  distinct = false,
): FittedTag {
  const wanted = `${prefix}${value}${suffix}`;
  const hash = () => hashOf(wanted).slice(0, HASH_DIGITS);
  const changes: string[] = [];
  let hashed = false;
  let tag = withoutStrangers(wanted).replace(/^[.-]+/, '');
  if (!/\w/.test(withoutStrangers(value))) {
    tag = withoutStrangers(`${prefix}${kind}-${hash()}${suffix}`).replace(/^[.-]+/, '');
    hashed = true;
    changes.push('nothing of it can be part of a tag, so its hash stands for it');
  } else if (tag !== wanted) changes.push('a tag cannot have all of its characters');
  if (CHANCE.includes(kind) && NOT_A_STRING.test(tag)) {
    tag = `${kind}-${tag}`;
    changes.push(`YAML would not read ${wanted} as a string`);
  }
  const long = tag.length > TAG_MAX;
  if (long || (distinct && changes.length > 0 && !hashed)) {
    const end = withoutStrangers(suffix);
    const kept = end.length <= TAG_MAX / 2 ? end : '';
    const tail = `-${hash()}${kept}`;
    const body = kept !== '' && tag.endsWith(kept) ? tag.slice(0, -kept.length) : tag;
    tag = `${body.slice(0, TAG_MAX - tail.length).replace(/[.-]+$/, '')}${tail}`;
    hashed = true;
    changes.push(
      long
        ? `it is longer than the ${TAG_MAX} characters of a tag, so it was cut and its hash added`
        : 'its hash tells it from other names',
    );
  }
  return { tag, changes, ambiguous: changes.length > 0 && !hashed };
}

function withoutStrangers(text: string): string {
  return text.replace(/[^a-zA-Z0-9._-]+/g, '-');
}
