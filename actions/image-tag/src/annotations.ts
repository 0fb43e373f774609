import { didYouMean, UserError } from '@delivery-actions/action-kit';
import type { Pair } from './labels.ts';

/** Where in an image an annotation goes (BuildKit, "Image annotations"). */
export const LEVELS = ['manifest', 'index', 'manifest-descriptor', 'index-descriptor'] as const;
export type Level = (typeof LEVELS)[number];

/** `manifest,index` */
export function parseLevels(text: string): readonly Level[] {
  return text
    .split(/[\s,]+/)
    .filter((name) => name !== '')
    .map((name) => {
      const level = LEVELS.find((each) => each === name);
      if (level !== undefined) return level;
      const meant = didYouMean(name, LEVELS);
      throw new UserError(
        `"${name}" is not a level: expected ${LEVELS.join(', ')}.`,
        meant === undefined ? {} : { hint: `did you mean "${meant}"?` },
      );
    });
}

/** `level:key=value`, level by level. A key that was given with a level of its own stays at that one. */
export function leveledAnnotations(
  shared: Readonly<Record<string, string>>,
  own: readonly Pair[],
  levels: readonly Level[],
): readonly string[] {
  return [
    ...levels.flatMap((level) => Object.entries(shared).map(([key, value]) => `${level}:${key}=${value}`)),
    ...own.map(({ key, value }) => `${key}=${value}`),
  ];
}

export function hasLevel({ key }: Pair): boolean {
  return new RegExp(`^(?:${LEVELS.join('|')})(?:,(?:${LEVELS.join('|')}))*:`).test(key);
}
