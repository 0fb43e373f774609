/** Splits at white space, but not inside of quotes. Quotes and escapes stay; at most `most` words. */
export function splitWords(text: string, escapeChar: string, most = Number.POSITIVE_INFINITY): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length && words.length < most; at += 1) {
    const next = text[at] ?? '';
    if (quote === '' && /\s/.test(next)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += next;
    if (next === escapeChar && quote !== "'") {
      word += text[at + 1] ?? '';
      at += 1;
    } else if (quote === '' && (next === '"' || next === "'")) quote = next;
    else if (next === quote) quote = '';
  }
  return word === '' || words.length >= most ? words : [...words, word];
}

/** Takes quotes away, and the backslash before an escaped character. Flags know no other escape character. */
export function unquoted(word: string): string {
  return word.replace(/\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"|["'\\]/gs, (_, escaped, single, double) => {
    if (double !== undefined) return String(double).replace(/\\(.)/gs, '$1');
    return escaped ?? single ?? '';
  });
}
