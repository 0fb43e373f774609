import type { Finding } from '@delivery-actions/action-kit';
import { locatedYaml, type Path, type Position } from '@delivery-actions/located-yaml';

/** A place in the repository, counted from 1. */
export interface Place extends Position {
  readonly file: string;
}

export interface ManifestSource {
  readonly value: unknown;
  /** What is wrong with the YAML itself; then `value` means nothing. */
  readonly findings: readonly Finding[];
  /** Where the value at that path begins, or its key; else the nearest place around it. */
  place(path: Path, of?: 'value' | 'key'): Place;
}

/** A manifest's YAML with the place of everything in it. */
export function manifestSource(text: string, file: string): ManifestSource {
  const { value, errors, position } = locatedYaml(text);
  return {
    value,
    findings: errors.map((error) =>
      fault(
        { file, ...error.position },
        `this is not YAML: ${error.text}`,
        'a text that begins with ${ needs quotes inside of { } and [ ]',
      ),
    ),
    place: (path, of) => ({ file, ...position(path, of) }),
  };
}

/** A finding at a place of the file, which its message names as well: a log has no margin to point from. */
export function fault(place: Place, text: string, hint?: string): Finding {
  return {
    level: 'error',
    title: 'Manifest of secrets',
    message: `${place.file}:${place.line}:${place.column}: ${text}`,
    ...(hint === undefined ? {} : { hint }),
    ...place,
  };
}
