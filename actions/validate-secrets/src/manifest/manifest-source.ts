import type { Finding } from '@delivery-actions/action-kit';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';

export type Path = readonly (string | number)[];

/** A place in the repository, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ManifestSource {
  readonly value: unknown;
  /** What is wrong with the YAML itself; then `value` means nothing. */
  readonly findings: readonly Finding[];
  /** Where the value at that path begins, or its key; else the nearest place around it. */
  place(path: Path, of?: 'value' | 'key'): Place;
}

/** YAML 1.2 with the place of everything in it. */
export function manifestSource(text: string, file: string): ManifestSource {
  const lines = new LineCounter();
  // prettyErrors would quote the lines around a fault.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const findings = [...document.errors, ...document.warnings]
    .slice(0, 1)
    .map(({ message, pos }) =>
      fault(
        at(pos[0]),
        `this is not YAML: ${message.split('\n', 1)[0]}`,
        'a text that begins with ${ needs quotes inside of { } and [ ]',
      ),
    );
  return {
    value: findings.length === 0 ? document.toJS() : undefined,
    findings,
    place(path, of = 'value') {
      for (let length = path.length; length > 0; length -= 1) {
        const key = path[length - 1];
        const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
        const pair = isMap(parent)
          ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
          : undefined;
        const node = of === 'key' && length === path.length ? pair?.key : document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return at(node.range[0]);
      }
      return at(0);
    },
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
