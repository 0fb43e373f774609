import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendValue } from '../src/file-command.ts';

const FILE = join(mkdtempSync(join(tmpdir(), 'output-')), 'output');

/** As the runner reads it: the value ends at the first line that is the delimiter (actions/runner, FileCommandManager.cs). */
function parsed(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length - 1; ) {
    const [, name = '', end = ''] = /^(.*?)<<(.+)$/s.exec(lines[at] ?? '') ?? [];
    const last = lines.indexOf(end, at + 1);
    values[name] = lines.slice(at + 1, last).join('\n');
    at = last + 1;
  }
  return values;
}

function written(values: Readonly<Record<string, string>>): Record<string, string> {
  writeFileSync(FILE, '');
  for (const [name, value] of Object.entries(values)) appendValue(FILE, name, value);
  return parsed(readFileSync(FILE, 'utf8'));
}

describe('appendValue', () => {
  it('writes any values so that the runner reads just these', () => {
    const hostile = fc.constantFrom('ghadelimiter__', '\nghadelimiter__\nevil<<ghadelimiter__\nx', '\n', '<<', 'a');
    const value = fc
      .array(
        fc.oneof(
          hostile,
          fc.string().map((text) => text.replaceAll('\r', ' ')),
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(value, value, (one, other) => {
        expect(written({ one, other })).toEqual({ one, other });
      }),
    );
  });

  it('does not end a value at a word that the value has', () => {
    const value = 'a\nghadelimiter__\nother<<ghadelimiter__\nevil\nghadelimiter__';
    expect(written({ value })).toEqual({ value });
  });
});
