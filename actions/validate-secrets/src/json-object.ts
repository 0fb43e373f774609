/** What an API or a file gave that should be a JSON object; whatever its fields are is for the reader to see. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Undefined for what is no JSON too: V8's message quotes what it was given, which may be a key or a token. */
export function parsedObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
