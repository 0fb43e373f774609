/** Hides values in everything that a job prints. */
export interface Masks {
  /** Hides a value, each of its lines, and the forms of them that GitHub hides. */
  add(secret: string): void;
  mask(text: string): string;
}

export function masks(): Masks {
  const hidden = new Set<string>();
  return {
    add(secret) {
      if (secret.trim() === '') return;
      const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
      for (const value of new Set([secret, ...lines])) {
        if (value !== '') for (const form of forms(value)) hidden.add(form);
      }
    },
    mask(text) {
      return cover(text, found(text, hidden));
    },
  };
}

/** The encodings of actions/runner's ValueEncoders.cs that a process outside of PowerShell can print. */
function forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const all = [
    value,
    bytes.toString('base64'),
    // Within `user:password` the password starts at any of three places of a base64 group.
    bytes.subarray(1).toString('base64'),
    bytes.subarray(2).toString('base64'),
    value.replaceAll('"', '\\"'),
    value.replaceAll("'", "''"),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    value.replace(/[&<>"']/g, (character) => XML[character] ?? character),
    ...(value.length > 8 && value.startsWith('"') && value.endsWith('"') ? [value.slice(1, -1)] : []),
  ];
  return all.filter((form) => form !== '');
}

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

type Span = readonly [start: number, end: number];

function found(text: string, hidden: ReadonlySet<string>): readonly Span[] {
  const spans: Span[] = [];
  for (const form of hidden) {
    // Occurrences of one form may overlap, as "aa" in "aaa".
    for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
      spans.push([start, start + form.length]);
    }
  }
  return spans.sort(([a], [b]) => a - b);
}

/** Spans that touch or overlap become one `***`, so that nothing between two masks can be told. */
function cover(text: string, spans: readonly Span[]): string {
  let masked = '';
  let at = 0;
  for (const [start, end] of spans) {
    if (start > at || masked === '') masked += `${text.slice(at, start)}***`;
    at = Math.max(at, end);
  }
  return masked + text.slice(at);
}
