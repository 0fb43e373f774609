import { UserError } from '@delivery-actions/action-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLevels } from '../src/annotations.ts';
import { parseFlavor } from '../src/flavor.ts';
import { parseImages } from '../src/image.ts';
import { parsePair } from '../src/labels.ts';
import { readPep440 } from '../src/pep440.ts';
import { parseRule } from '../src/rule.ts';
import { expressionsOf, render } from '../src/template.ts';
import { readDotted } from '../src/version.ts';

const piece = fc.constantFrom(
  ...['type=', 'raw', 'semver', 'match', 'pattern=', 'value=', 'enable=', 'priority=', 'prefix=', 'latest=', 'name='],
  ...[
    ',',
    '"',
    '""',
    '=',
    '{{',
    '}}',
    '{{date',
    "'YYYY'",
    " tz='UTC'",
    '\\d{1,2}',
    '(',
    ')',
    '[',
    ']',
    '/',
    'é',
    ' ',
    '9',
  ],
);
const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
);

describe('any line', () => {
  it.each([
    ['rule', parseRule],
    ['flavor', parseFlavor],
    ['images', parseImages],
    ['pair', parsePair],
    ['levels', parseLevels],
  ])('is a %s, or an error that a person can read', (_, parse) => {
    fc.assert(
      fc.property(line, (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          for (const { message } of (error as UserError).findings) expect(message).toMatch(/\S/);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a version or none', () => {
    fc.assert(fc.property(line, (text) => void [readPep440(text), readDotted(text)]));
  });

  it('has as many expressions as are evaluated', () => {
    fc.assert(
      fc.property(line, (text) => {
        const evaluated: string[] = [];
        render(text, ({ name }) => {
          evaluated.push(name);
          return '';
        });
        expect(evaluated).toEqual(expressionsOf(text).map(({ name }) => name));
      }),
    );
  });
});
