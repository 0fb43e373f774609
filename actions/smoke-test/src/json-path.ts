import { UserError } from '@delivery-actions/action-kit';

/** What a query found. A singular query (RFC 9535, section 2.3.5.1) names one place; any other finds a list. */
export interface Selection {
  readonly singular: boolean;
  readonly values: readonly unknown[];
}

/** No API nests deeper; what does is refused before a query sees it, so that no server can make one overflow. */
export const MOST_LEVELS = 200;

export interface JsonQuery {
  readonly text: string;
  select(document: unknown): Selection;
}

/** A JSONPath query (RFC 9535), ready to be asked. Throws a UserError that says where it is wrong. */
export async function jsonQuery(text: string): Promise<JsonQuery> {
  const { JSONPathEnvironment, JSONPathError } = await import('json-p3');
  try {
    const query = new JSONPathEnvironment({ maxRecursionDepth: 2 * MOST_LEVELS }).compile(text);
    const singular = query.singularQuery();
    return {
      text,
      // json-p3's type for JSON is narrower than what JSON.parse answers.
      select: (document) => ({ singular, values: query.query(document as string).values() }),
    };
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    const hint = text.startsWith('$') ? {} : { hint: `a JSONPath begins with $: write "$.${text}"` };
    throw new UserError(`"${text}" is not a JSONPath (RFC 9535): ${error.message}`, hint);
  }
}
