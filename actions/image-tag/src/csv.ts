import { UserError } from '@delivery-actions/action-kit';

/** The fields of one line of CSV (RFC 4180): a quoted field may hold commas, and `""` in it is a quote. Blank fields are dropped. */
export function csvFields(line: string): string[] {
  const fields: string[] = [];
  let rest = line;
  while (rest !== '') {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?:,|$)/.exec(rest);
    if (quoted === null && /^\s*"/.test(rest))
      throw new UserError(`${rest.trim()} has a quote that does not end at a comma.`, {
        hint: 'a quoted field begins and ends with ", and a " inside it is written ""',
      });
    const plain = /^[^,]*,?/.exec(rest)?.[0] ?? rest;
    fields.push(quoted === null ? plain.replace(/,$/, '').trim() : (quoted[1] ?? '').replaceAll('""', '"'));
    rest = rest.slice((quoted?.[0] ?? plain).length);
  }
  return fields.filter((field) => field !== '');
}
