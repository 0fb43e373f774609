import { createHash } from 'node:crypto';
import type { Finding } from '@delivery-actions/action-kit';
import { SEPARATOR } from './key-format.ts';

export type PartKind = 'os-image' | 'architecture' | 'toolchain' | 'environment' | 'base-image' | 'lockfile';

/** One thing that the key depends on. */
export interface Part {
  readonly kind: PartKind;
  readonly name: string;
  /** Null for an environment variable that is not set. */
  readonly value: string | null;
  /** sha256 of the three above, 64 hex digits. */
  readonly hash: string;
}

/** Parts of one kind, and what kept others from being one. */
export interface Gathered {
  readonly parts: readonly Part[];
  readonly problems: readonly Finding[];
}

export interface CacheKey {
  readonly key: string;
  readonly restoreKeys: readonly string[];
}

/** Hex digits of the key that stand for everything but the lockfiles. */
const SURROUNDINGS_DIGITS = 24;
const LOCKFILES_DIGITS = 40;

export function part(kind: PartKind, name: string, value: string | null): Part {
  return { kind, name, value, hash: sha256(JSON.stringify([kind, name, value])) };
}

/**
 * `prefix--os--architecture--hash`. The hash has two halves: what surrounds the build, then the lockfiles. Its first half
 * ends the restore key, so that an entry with other dependencies may be restored, but never one of another toolchain or
 * base image. Every key of a prefix has the same length and no key is the start of another (actions/cache#1433).
 */
export function cacheKey(prefix: string, osImage: string, architecture: string, parts: readonly Part[]): CacheKey {
  const digits = (kinds: (kind: PartKind) => boolean, length: number) => {
    const hashes = parts.filter(({ kind }) => kinds(kind)).map(({ hash }) => hash);
    return sha256([...new Set(hashes)].sort().join('\n')).slice(0, length);
  };
  const surroundings = digits((kind) => kind !== 'lockfile', SURROUNDINGS_DIGITS);
  const lockfiles = digits((kind) => kind === 'lockfile', LOCKFILES_DIGITS);
  const start = [prefix, keyWord(osImage), keyWord(architecture), surroundings].join(SEPARATOR);
  return { key: `${start}${lockfiles}`, restoreKeys: [start] };
}

/** A part of the key from outside, made harmless: no comma, no separator, not too long. */
export function keyWord(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '_')
      .slice(0, 64) || 'unknown'
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
