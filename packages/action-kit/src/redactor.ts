export interface Redactor {
  /** From now on this value, each of its longer lines, and its base64 and URL forms never pass `redact`. */
  add(secret: string): void;
  redact(text: string): string;
}

/** A shorter line of a multi-line secret is too common a text to hide everywhere. */
const SHORTEST_LINE = 6;

/** Shapes that are credentials wherever they appear, known to us or not. */
const CREDENTIAL_SHAPES: readonly RegExp[] = [
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})\b/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  // Not a word: "Basic authentication" is told to people.
  /(?<=\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s+)(?![a-z]+(?![A-Za-z0-9+/=_~]))[A-Za-z0-9+/=._~-]{8,}/g,
  /(?<=[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]+(?=@)/gi,
];

export function redactor(): Redactor {
  const forms = new Set<string>();
  return {
    add(secret) {
      if (secret.trim() === '') return;
      const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST_LINE);
      for (const value of [secret, secret.trim(), ...lines.map((line) => line.trim())].map(wellFormed)) {
        forms.add(value);
        forms.add(encodeURIComponent(value));
        forms.add(JSON.stringify(value).slice(1, -1));
        forms.add(Buffer.from(value).toString('base64'));
      }
    },
    redact(text) {
      let safe = text;
      // Longest first: a short secret inside a longer one must not leave the rest of the longer one readable.
      for (const form of [...forms].sort((a, b) => b.length - a.length)) safe = safe.replaceAll(form, '***');
      for (const shape of CREDENTIAL_SHAPES) safe = safe.replace(shape, '***');
      return safe;
    },
  };
}

/** Half a surrogate pair has no URL form; it is printed as U+FFFD anyway. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
