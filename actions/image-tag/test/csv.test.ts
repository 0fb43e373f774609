import { describe, expect, it } from 'vitest';
import { csvFields } from '../src/csv.ts';

describe('csvFields', () => {
  it.each([
    ['type=sha', ['type=sha']],
    [' type=ref , event=branch ', ['type=ref', 'event=branch']],
    ['type=raw,"value=a, b"', ['type=raw', 'value=a, b']],
    ['"value=say ""hi"""', ['value=say "hi"']],
    ['type=sha,,', ['type=sha']],
    ['', []],
  ])('%j', (line, fields) => {
    expect(csvFields(line)).toEqual(fields);
  });

  it('refuses a quote that does not end', () => {
    expect(() => csvFields('type=raw,"value=a')).toThrow('"value=a has a quote that does not end at a comma.');
  });
});
