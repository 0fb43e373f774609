import { UserError } from '@delivery-actions/action-kit';
import type { Place } from './manifest/manifest-source.ts';
import type { Policy } from './policy.ts';
import { parseReference, type SecretReference } from './reference.ts';

/** One line of the input `secrets`: which secret, where, and what is asked of it. */
export interface SecretRequest {
  /** As the report names it: the line without its keys, its mark and its comment. */
  readonly id: string;
  readonly reference: SecretReference;
  /** Behind a `#`: keys that its value, a JSON object, has to have. Without any, the value is not read. */
  readonly keys: readonly string[];
  /** Marked with ` ?`: a warning when it is missing. */
  readonly optional: boolean;
  /** Of a secret that a manifest lists. */
  readonly policy?: Policy;
  readonly place?: Place;
}

/**
 * Reads `NAME`, `ARN` or `STORE:NAME`, each with `#key1,key2` joined to it for keys of its value and with ` ?` behind it
 * when it is optional; a `#` after a blank starts a comment. Throws a UserError that says what is wrong with it.
 */
export function parseRequest(entry: string): SecretRequest {
  const line = entry.replace(/\s+#.*$/, '');
  const asked = line.replace(/\s+\?$/, '');
  const [, id = asked, list] = /^([^#]*)#(.*)$/.exec(asked) ?? [];
  if (asked.endsWith('?'))
    throw new UserError(`"${asked}" ends in a question mark`, {
      hint: 'a blank comes before the ? of an optional secret',
    });
  return {
    id,
    reference: parseReference(id),
    keys: list === undefined ? [] : parseKeys(asked, list),
    optional: asked !== line,
  };
}

/** What a check says of its request, whatever is found. */
export function requested({ id, optional, keys, place }: SecretRequest) {
  return {
    id,
    optional,
    ...(keys.length === 0 ? {} : { keys }),
    ...(place === undefined ? {} : { place }),
  };
}

function parseKeys(asked: string, list: string): readonly string[] {
  const keys = list.split(',').map((key) => key.trim());
  if (keys.every((key) => key !== '' && !/[\s#]/.test(key))) return [...new Set(keys)];
  throw new UserError(`"${asked}" does not name the keys of its value`, {
    hint: 'write them as NAME#apiKey,apiSecret; a comment has a blank before its #',
  });
}

/** Each secret once, sorted. One that is asked for twice has the keys of both, and is optional only if both lines say so. */
export function once(requests: readonly SecretRequest[]): readonly SecretRequest[] {
  const byId = Map.groupBy(requests, ({ id }) => id);
  return [...byId.values()]
    .flatMap(([first, ...others]) =>
      first === undefined
        ? []
        : {
            ...first,
            ...others.find(({ policy }) => policy !== undefined),
            keys: [...new Set([first, ...others].flatMap(({ keys }) => keys))],
            optional: [first, ...others].every(({ optional }) => optional),
          },
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
