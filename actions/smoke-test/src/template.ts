/** One notation everywhere: `{id}` is what an earlier test captured, `${NAME}` an environment variable of the step. */
export type Placeholder = { readonly capture: string } | { readonly variable: string };

export interface Values {
  readonly captures: ReadonlyMap<string, Captured>;
  readonly env: ReadonlyMap<string, string>;
}

export type Captured = string | number | boolean;

/** A backslash before a placeholder makes it the text that it is. */
const PLACEHOLDER = /\\(\$?\{[A-Za-z_]\w*\})|\$\{([A-Za-z_]\w*)\}|\{([A-Za-z_]\w*)\}/g;

/** The text cut into what stands in it literally and what is filled in. */
export function partsOf(text: string): (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, literal, variable, capture] = match;
    parts.push(text.slice(end, match.index));
    if (literal !== undefined) parts.push(literal);
    if (variable !== undefined) parts.push({ variable });
    if (capture !== undefined) parts.push({ capture });
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== '');
}

export function placeholders(text: string): Placeholder[] {
  return partsOf(text).filter((part) => typeof part !== 'string');
}

/** Every string in a JSON value, keys of objects not counted, with the path to it. */
export function* stringsIn(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<{ text: string; path: readonly (string | number)[] }> {
  if (typeof value === 'string') yield { text: value, path };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* stringsIn(item, [...path, index]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* stringsIn(item, [...path, key]);
}

/** Fills in the text; `encode` is applied to what is filled in only. */
export function render(text: string, values: Values, encode: (value: string) => string = String): string {
  return partsOf(text)
    .map((part) => (typeof part === 'string' ? part : encode(String(filled(part, values)))))
    .join('');
}

/** Fills in every string of a JSON value. A string that is one placeholder and nothing else keeps the value's type. */
export function renderTree(value: unknown, values: Values): unknown {
  if (typeof value === 'string') {
    const [only, ...more] = partsOf(value);
    return only !== undefined && typeof only !== 'string' && more.length === 0
      ? filled(only, values)
      : render(value, values);
  }
  if (Array.isArray(value)) return value.map((item) => renderTree(item, values));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderTree(item, values)]));
  return value;
}

function filled(placeholder: Placeholder, { captures, env }: Values): Captured {
  const value = 'capture' in placeholder ? captures.get(placeholder.capture) : env.get(placeholder.variable);
  if (value === undefined) throw new Error(`${JSON.stringify(placeholder)} was not checked before it was filled in`);
  return value;
}
