import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** Counted from 1, as editors and annotations do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Keys of maps and indices of lists, from the top. */
export type Path = readonly (string | number)[];

export interface Fault {
  /** What is wrong, without a word of the text: what stands there may be a secret. */
  readonly text: string;
  readonly position: Position;
}

export interface LocatedYaml {
  /** As plain data; undefined when there are errors. */
  readonly value: unknown;
  /** What is wrong with the YAML itself: the first fault of syntax, every key that is there twice, every warning. */
  readonly errors: readonly Fault[];
  /**
   * Where the value at that path begins, or its key; an entry of a list has none and stands for itself. Falls back to the
   * nearest place around it that exists.
   */
  position(path: Path, of?: 'value' | 'key'): Position;
}

/** One document of YAML 1.2 with the place of everything in it. Never throws: what is wrong is in `errors`. */
export function locatedYaml(text: string): LocatedYaml {
  const lines = new LineCounter();
  // prettyErrors would quote the lines around a fault, and with them what may be a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const syntax = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const keys = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  // After the first fault of syntax the reader has lost its way, and what it says next is about nothing.
  const errors = [...syntax.slice(0, 1), ...keys, ...document.warnings].map(({ message, pos }) => ({
    text: unquoting(message),
    position: at(pos[0]),
  }));
  return {
    value: errors.length === 0 ? unfolded(document, errors, at) : undefined,
    errors,
    position: (path, of = 'value') => at(offsetOf(document, path, of)),
  };
}

function unfolded(document: Document.Parsed, errors: Fault[], at: (offset: number) => Position): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases of nothing, or that unfold without measure ("billion laughs"), are refused only here.
    errors.push({ text: unquoting(error instanceof Error ? error.message : String(error)), position: at(0) });
    return undefined;
  }
}

/** What follows a colon is from the text: a password that begins with `!` or `*` is a tag or an alias to YAML. */
function unquoting(message: string): string {
  return message.split(/\n|: /, 1)[0] ?? '';
}

function offsetOf(document: Document.Parsed, path: Path, of: 'value' | 'key'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [index, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    let key_: Node | undefined;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      key_ = pair?.key as Node | undefined;
      node = (pair?.value ?? null) as Node | null;
    } else if (isSeq(node)) {
      node = (node.items[Number(key)] ?? null) as Node | null;
    } else return offset;
    const last = index === path.length - 1;
    offset = (last && of === 'key' ? (key_ ?? node) : (node ?? key_))?.range?.[0] ?? offset;
  }
  return offset;
}
