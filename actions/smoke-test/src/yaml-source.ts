import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

export interface YamlSource {
  readonly value: unknown;
  /** What is wrong with the YAML itself; then `value` means nothing. */
  readonly errors: readonly { readonly text: string; readonly position: Position }[];
  /** Where the value at that path begins, or its key. Falls back to the nearest place that exists. */
  position(path: Path, of?: 'value' | 'key'): Position;
}

/** YAML 1.2 with the place of everything in it, counted from 1. */
export function yamlSource(text: string): YamlSource {
  const lines = new LineCounter();
  // prettyErrors would quote the lines around a fault, and with them what may be a secret.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const keys = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  // After the first fault of syntax the reader has lost its way, and what it says next is about nothing.
  const errors = [...syntax.slice(0, 1), ...keys, ...document.warnings].map(({ message, pos }) => ({
    // What follows the colon quotes the text.
    text: message.split(/\n|: "/, 1)[0] ?? '',
    position: at(pos[0]),
  }));
  return {
    value: errors.length === 0 ? unfolded(document, errors, at) : undefined,
    errors,
    position: (path, of = 'value') => at(offsetOf(document, path, of)),
  };
}

function unfolded(
  document: Document.Parsed,
  errors: { text: string; position: Position }[],
  at: (offset: number) => Position,
): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that unfold without measure ("billion laughs") are refused only here.
    errors.push({ text: error instanceof Error ? error.message : String(error), position: at(0) });
    return undefined;
  }
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
    offset = (last && of === 'key' ? key_ : (node ?? key_))?.range?.[0] ?? offset;
  }
  return offset;
}
