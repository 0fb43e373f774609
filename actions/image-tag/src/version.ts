import { readPep440 } from './pep440.ts';
import type { VersionRule } from './rule.ts';

/** A version, read by the rules of its scheme. */
export interface Version {
  /** As it was written, without build metadata: no tag can have it, and it does not make another version (semver.org, 10). */
  readonly raw: string;
  /** As the scheme writes it. */
  readonly version: string;
  readonly major: string;
  /** Absent where the version has no such part. */
  readonly minor?: string;
  readonly patch?: string;
  /** No pre-release; pep440's post and dev releases do not count either, as in docker/metadata-action. */
  readonly final: boolean;
  /** What one final version is higher than another by, most significant first. */
  readonly order: readonly number[];
  /** Build metadata that was left out. */
  readonly metadata?: string;
}

export type ReadVersion = (text: string) => Version | undefined;

/** `2.1`, `v0.29-rc1`, `2026.01.15`, `2026.01.15.2`: numbers and dots, with leading zeros kept (calver.org, "Scheme"). */
const DOTTED =
  /^v?((\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?)((?:-|(?<=\d)(?=[a-z]))[0-9a-z.-]+)?(?:\+([0-9a-z.-]+))?$/i;

/** Only a run that has a rule of type=semver pays for loading the library. */
export async function semverReader(): Promise<ReadVersion> {
  const { default: parse } = await import('semver/functions/parse.js');
  return (text) => {
    const parsed = parse(text);
    if (parsed === null) return undefined;
    const { version, major, minor, patch, prerelease, build } = parsed;
    return {
      raw: text.replace(/\+.*$/, ''),
      version,
      major: String(major),
      minor: String(minor),
      patch: String(patch),
      final: prerelease.length === 0,
      order: [major, minor, patch],
      ...(build.length === 0 ? {} : { metadata: build.join('.') }),
    };
  };
}

/** A calendar version has a dot at least; a loose one may be a single number. */
export function readDotted(text: string): Version | undefined {
  const [, numbers, major, minor, patch, fourth, modifier = '', metadata] = DOTTED.exec(text) ?? [];
  if (numbers === undefined || major === undefined) return undefined;
  return {
    raw: text.replace(/\+.*$/, ''),
    version: `${numbers}${modifier}`,
    major,
    ...(minor === undefined ? {} : { minor }),
    ...(patch === undefined ? {} : { patch }),
    final: modifier === '',
    order: [major, minor, patch, fourth].map((part) => Number(part ?? 0)),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** How the rule reads a version. `semver` is there when a rule needs it. */
export function readerOf({ type, loose }: VersionRule, semver: ReadVersion): ReadVersion {
  if (type === 'pep440') return readPep440;
  if (type === 'calver') return (text) => (/\d\.\d/.test(text) ? readDotted(text) : undefined);
  return loose ? (text) => semver(text) ?? readDotted(text) : semver;
}

/** Positive when `one` is the higher version. */
export function compareVersions(one: Version, other: Version): number {
  const length = Math.max(one.order.length, other.order.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (one.order[index] ?? 0) - (other.order[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
