/** One way to be let in, as `WWW-Authenticate` offers it. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A scheme before its parameters, a parameter, or a scheme that stands alone. */
const TOKEN =
  /([A-Za-z][\w!#$%&'*+.^`|~-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([A-Za-z][\w!#$%&'*+.^`|~-]*)(?=\s|,|$)/g;

/** The challenges of one header, of which there may be several (RFC 9110, section 11.6.1; Codeberg sends two). */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (const [, key, quoted, bare = '', scheme] of header.matchAll(TOKEN)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    const current = challenges.at(-1);
    if (key !== undefined && current !== undefined)
      current.parameters[key.toLowerCase()] = quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1');
  }
  return challenges;
}
