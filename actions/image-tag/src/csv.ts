import { UserError } from '@delivery-actions/action-kit';

/**
 * The fields of one line of CSV (RFC 4180): a quoted field may hold commas, and `""` in it is a quote. Blank fields are
 * dropped. A comma does not end a field without quotes that `isOpen` says is not whole yet.
 */
export function csvFields(line: string, isOpen: (field: string) => boolean = () => false): string[] {
  const fields: string[] = [];
  let rest = line;
  while (rest !== '') {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?:,|$)/.exec(rest);
    if (quoted === null && /^\s*"/.test(rest))
      throw new UserError(`${rest.trim()} has a quote that does not end at a comma.`, {
        hint: 'a quoted field begins and ends with ", and a " inside it is written ""',
      });
    const plain = quoted === null ? plainField(rest, isOpen) : '';
    fields.push(quoted === null ? plain.replace(/,$/, '').trim() : (quoted[1] ?? '').replaceAll('""', '"'));
    rest = rest.slice((quoted?.[0] ?? plain).length);
  }
  return fields.filter((field) => field !== '');
}

/** Up to and with the comma that ends it. */
function plainField(text: string, isOpen: (field: string) => boolean): string {
  for (let comma = text.indexOf(','); comma !== -1; comma = text.indexOf(',', comma + 1))
    if (!isOpen(text.slice(0, comma))) return text.slice(0, comma + 1);
  // Never whole: then every comma counts, and what is wrong is told of the shorter field.
  const first = text.indexOf(',');
  return first === -1 || !isOpen(text) ? text : text.slice(0, first + 1);
}

/**
 * The line that is one quoted field, without its quotes: docker/metadata-action reads each line as CSV twice, so its users
 * quote whole lines. Any other line is as it was.
 */
export function unquotedLine(line: string): string {
  const [, inside] = /^"((?:[^"]|"")*)"$/.exec(line) ?? [];
  return inside?.replaceAll('""', '"') ?? line;
}
