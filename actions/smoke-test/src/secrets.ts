/** What must never be shown: values of environment variables and captured tokens. */
export interface Secrets {
  /** Masked from now on, here and by the runner. */
  add(value: string): void;
  /** The text without secrets; all of it is hidden when it holds one in a form that cannot be cut out. */
  hide(text: string): string;
  /** Text from outside, fit to be shown in a line: without secrets, then cut to at most that many characters. */
  veil(text: string, most: number): string;
}

interface Masks {
  mask(secret: string): void;
  redact(text: string): string;
}

/** Masking these would hide half of the log and tell nobody a secret. */
const TOO_COMMON = /^(?:.{0,3}|true|false|null)$/s;

/** Enough to find a secret at the edge of what is shown; cutting first could leave half a secret readable. */
const READ = 65_536;

const HIDDEN = '(not shown: it holds a secret in another form)';

export function secretsOf(run: Masks): Secrets {
  const known = new Set<string>();
  function hide(text: string): string {
    const safe = run.redact(text);
    const shapes = undisguised(safe);
    return [...known].some((secret) => shapes.some((shape) => shape.includes(secret))) ? HIDDEN : safe;
  }
  return {
    add(value) {
      if (TOO_COMMON.test(value.trim())) return;
      run.mask(value);
      known.add(folded(value.trim()));
    },
    hide,
    veil(text, most) {
      const line = hide(text.slice(0, READ)).replace(/\s+/g, ' ').trim();
      return line.length > most ? `${line.slice(0, most)}…` : line;
    },
  };
}

/** What undoes the ways in which a server may write back what it was sent. */
const DECODERS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8')),
  (text) => text.replaceAll('+', ' '),
  (text) =>
    text.replace(/\\(?:u([0-9a-f]{4})|([bfnrt"'\\/]))/gi, (_, hex, letter) =>
      hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    ),
  (text) =>
    text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(amp|lt|gt|quot|apos));/gi, (whole, decimal, hex, name) =>
      name === undefined ? character(decimal, hex) : (ENTITIES[String(name).toLowerCase()] ?? whole),
    ),
];

/** The text as it is, and as it reads after any decoding, and after any two, without the difference of cases. */
function undisguised(text: string): string[] {
  const once = DECODERS.map((decode) => decode(text));
  const twice = once.flatMap((shape) => DECODERS.map((decode) => decode(shape)));
  return [...new Set([text, ...once, ...twice])].map(folded);
}

/** Both ways, since some letters share a capital. */
function folded(text: string): string {
  return text.toUpperCase().toLowerCase();
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function character(decimal: string | undefined, hex: string | undefined): string {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

const SECRET_NAME = /token|secret|passw|credential|api_?key|session|jwt|bearer|cookie/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a captured value is a credential by its name or its looks, though nobody declared it one. */
export function looksSecret(name: string, value: string): boolean {
  if (SECRET_NAME.test(name)) return true;
  if (/^eyJ[\w-]{8,}\.[\w-]{8,}\./.test(value)) return true;
  if (UUID.test(value)) return false;
  return /^[\w.~+/=-]{32,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value);
}
