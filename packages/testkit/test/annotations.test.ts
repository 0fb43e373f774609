import { type Annotation, parseAnnotations } from '@delivery-actions/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** As @actions/core writes them. */
function command({ level, message, title, file, line, column }: Annotation): string {
  const data = (text: string) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  const property = (text: string | number) => data(String(text)).replace(/:/g, '%3A').replace(/,/g, '%2C');
  const properties = Object.entries({ title, file, line, col: column })
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${property(value ?? '')}`)
    .join(',');
  return `::${level}${properties === '' ? '' : ` ${properties}`}::${data(message)}`;
}

describe('parseAnnotations', () => {
  it('reads back any annotation from among the lines of a log', () => {
    const text = fc.string({
      minLength: 1,
      unit: fc.constantFrom('%', ':', ',', '=', '\n', '\r', '%0A', '::', 'a', 'é', ' '),
    });
    const annotation = fc.record(
      {
        level: fc.constantFrom('error', 'warning', 'notice'),
        message: text,
        title: text,
        file: text,
        line: fc.nat(),
        column: fc.nat(),
      },
      { requiredKeys: ['level', 'message'] },
    ) as fc.Arbitrary<Annotation>;
    fc.assert(
      fc.property(fc.array(annotation), (annotations) => {
        const log = [
          'first',
          ...annotations.map((each) => `  ${command(each)}`),
          '::debug::not one',
          'nor ::error::this',
          'last',
        ].join('\n');
        expect(parseAnnotations(log)).toEqual(annotations);
      }),
    );
  });
});
