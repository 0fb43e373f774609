import { type Placeholder, partsOf } from './template.ts';

interface Request {
  readonly method: string;
  /** Base address and path, placeholders and all. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers what may be shown of a placeholder, or nothing when it has to stay a shell variable. */
type Shown = (placeholder: Placeholder) => string | undefined;

/** The request as a command for a terminal; secrets stay variables that the person sets. */
export function curlLine({ method, url, headers, body }: Request, shown: Shown): string {
  return [
    'curl -i',
    ...(method === 'GET' ? [] : method === 'HEAD' ? ['--head'] : [`-X ${method}`]),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`, shown)}`),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body, shown)}`]),
    quoted(url, (placeholder) => {
      const value = shown(placeholder);
      return value === undefined ? undefined : encodeURIComponent(value);
    }),
  ].join(' ');
}

/** POSIX shell: single quotes keep everything but a single quote; double quotes let variables through. */
function quoted(template: string, shown: Shown): string {
  const parts = partsOf(template).map((part) => {
    if (typeof part === 'string') return { text: part };
    const value = shown(part);
    return value === undefined ? { variable: 'capture' in part ? part.capture : part.variable } : { text: value };
  });
  if (parts.every((part) => part.text !== undefined))
    return `'${parts
      .map((part) => part.text)
      .join('')
      .replaceAll("'", `'\\''`)}'`;
  const inner = parts.map(({ text, variable }, index) => {
    if (text !== undefined) return text.replace(/["\\$`]/g, '\\$&');
    return /^\w/.test(parts[index + 1]?.text ?? '') ? `\${${variable}}` : `$${variable}`;
  });
  return `"${inner.join('')}"`;
}
