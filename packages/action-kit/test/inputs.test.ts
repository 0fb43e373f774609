import { type Finding, type InputReader, inputReader, parseDuration, UserError } from '@delivery-actions/action-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function reading(inputs: Readonly<Record<string, string>>, read: (from: InputReader) => object) {
  const masked: string[] = [];
  const warnings: Finding[] = [];
  const env = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );
  const reader = inputReader({ env, mask: (text) => masked.push(text), warn: (finding) => warnings.push(finding) });
  try {
    return { values: reader.complete(read(reader)), problems: [], masked, warnings: warnings.map(shown) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { values: undefined, problems: error.findings.map(shown), masked, warnings: warnings.map(shown) };
  }
}

const shown = ({ message, hint }: Finding) => (hint === undefined ? message : `${message} | ${hint}`);
const one = (value: string, read: (from: InputReader) => unknown) => {
  const { values, problems } = reading({ it: value }, (from) => ({ it: read(from) }));
  return problems.length > 0 ? problems : (values as { it: unknown }).it;
};

describe('the input reader', () => {
  it('gives typed, frozen values', () => {
    const { values, problems } = reading(
      {
        'base-url': ' https://acme.dev ',
        verify: 'True',
        count: '3',
        timeout: '1h30m',
        mode: 'fast',
        workloads: 'a\n\n  # not this\n  b\n',
        separator: ' \t',
      },
      (read) => ({
        url: read.text('base-url'),
        verify: read.boolean('verify'),
        count: read.integer('count', { min: 1, max: 5 }),
        timeout: read.duration('timeout'),
        mode: read.choice('mode', ['slow', 'fast']),
        workloads: read.lines('workloads', (line) => line.toUpperCase()),
        absent: read.optionalText('absent'),
        separator: read.verbatim('separator'),
        neither: read.verbatim('neither'),
        none: read.optionalLines('none', String),
      }),
    );
    expect(problems).toEqual([]);
    expect(values).toEqual({
      url: 'https://acme.dev',
      verify: true,
      count: 3,
      timeout: 5_400_000,
      mode: 'fast',
      workloads: ['A', 'B'],
      absent: undefined,
      separator: ' \t',
      neither: '',
      none: [],
    });
    expect(Object.isFrozen(values)).toBe(true);
  });

  it('tells every bad input in one error, in the order in which they are read', () => {
    const { problems } = reading(
      { verify: 'yes', count: '9', timeout: '10', mode: 'fest', lines: 'good\nbad' },
      (read) => ({
        url: read.text('url', { example: 'https://acme.dev' }),
        verify: read.boolean('verify'),
        count: read.integer('count', { min: 1, max: 5 }),
        timeout: read.duration('timeout'),
        mode: read.choice('mode', ['slow', 'fast']),
        lines: read.lines('lines', (line) => {
          if (line === 'bad') throw new UserError('not good.', { hint: 'write good' });
          return line;
        }),
        none: read.lines('none', String),
      }),
    );
    expect(problems).toEqual([
      'Input "url" is required and has no value. | add under "with:", for example:\nurl: https://acme.dev',
      'Input "verify" is "yes": expected true or false.',
      'Input "count" is "9": expected a whole number from 1 to 5.',
      'Input "timeout": "10" is not a duration such as 90s, 10m or 1h30m | write the unit: 10s or 10m',
      'Input "mode" is "fest": expected slow, fast. | did you mean "fast"?',
      'Input "lines", line 2: not good. | write good',
      'Input "none" is required and has no value. | add "none:" under "with:"',
    ]);
  });

  it('gives a list of the good entries whatever is wrong with it, so that reading can go on', () => {
    const read = inputReader({ env: { INPUT_SOME: 'good\nbad' }, mask() {}, warn() {} });
    const parse = (text: string) => {
      if (text === 'bad') throw new UserError('no.');
      return { text };
    };
    expect([read.lines('some', parse), read.lines('none', parse)]).toEqual([[{ text: 'good' }], []]);
    expect(() => read.complete({})).toThrow('Input "some", line 2: no.\nInput "none" is required and has no value.');
  });

  it('runs the check of the whole only on values that are good, and reports what it finds', () => {
    const env = { INPUT_FIRST: '2', INPUT_LAST: '1' };
    const read = inputReader({ env, mask() {}, warn() {} });
    const values = { first: read.integer('first'), last: read.integer('last') };
    expect(() =>
      read.complete(values, ({ first, last }) => {
        if (first > last) read.problem('last', 'Input "last" is before "first".');
      }),
    ).toThrow('Input "last" is before "first".');
    const bad = inputReader({ env: {}, mask() {}, warn() {} });
    expect(() =>
      bad.complete({ first: bad.integer('first') }, () => {
        throw new Error('checked values that are not there');
      }),
    ).toThrow('Input "first" is required and has no value.');
  });

  it.each([
    ['7', {}, 7],
    ['-7', {}, -7],
    ['007', {}, 7],
    ['1.5', {}, ['Input "it" is "1.5": expected a whole number.']],
    ['1e3', {}, ['Input "it" is "1e3": expected a whole number.']],
    ['0x10', {}, ['Input "it" is "0x10": expected a whole number.']],
    ['0', { min: 1 }, ['Input "it" is "0": expected a whole number of at least 1.']],
    ['6', { max: 5 }, ['Input "it" is "6": expected a whole number of at most 5.']],
    ['99999999999999999999', {}, ['Input "it" is "99999999999999999999": expected a whole number.']],
  ])('reads the integer %s within %j', (text, range, result) => {
    expect(one(text, (read) => read.integer('it', range))).toEqual(result);
  });

  it.each(['true', 'True', 'TRUE', 'false', 'False', 'FALSE'])('reads the boolean %s', (text) => {
    expect(one(text, (read) => read.boolean('it'))).toBe(text.toLowerCase() === 'true');
  });

  it('never takes garbage for a number, a boolean or a duration', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const number = one(text, (read) => read.integer('it'));
        expect(Array.isArray(number) || Number.isSafeInteger(number)).toBe(true);
        const truth = one(text, (read) => read.boolean('it'));
        expect(Array.isArray(truth) || typeof truth === 'boolean').toBe(true);
        const wait = one(text, (read) => read.parsed('it', parseDuration));
        expect(Array.isArray(wait) || (Number.isFinite(wait) && (wait as number) >= 0)).toBe(true);
      }),
    );
  });

  it('lets an error that is no UserError through: it is a bug of the parser', () => {
    expect(() =>
      reading({ it: 'x' }, (read) => ({
        it: read.parsed('it', () => {
          throw new TypeError('oops');
        }),
      })),
    ).toThrow(TypeError);
  });

  it('masks a secret before anything else sees it', () => {
    const { values, masked } = reading({ token: ' hunter2\n' }, (read) => ({
      token: read.optionalSecret('token'),
      other: read.optionalSecret('other'),
    }));
    expect(masked).toEqual(['hunter2']);
    expect(values).toEqual({ token: 'hunter2', other: undefined });
  });

  it.each([
    ['a zero-width space', '\u200B'],
    ['a byte order mark', '\uFEFF'],
    ['a no-break space', '\u00A0'],
    ['a word joiner', '\u2060'],
  ])('S17 %s around an entry is dropped, with a warning', (_, invisible) => {
    const { values, warnings } = reading({ secrets: `${invisible}db\nplain\n  queue${invisible}` }, (read) => ({
      secrets: read.lines('secrets', String),
    }));
    expect(values).toEqual({ secrets: ['db', 'plain', 'queue'] });
    expect(warnings).toEqual([
      'Input "secrets", line 1: invisible characters around "db" were dropped.',
      'Input "secrets", line 3: invisible characters around "queue" were dropped.',
    ]);
  });

  it('counts lines as the workflow has them', () => {
    const { problems } = reading({ lines: '\r\n\r\n# comment\r\nbad\r\n' }, (read) => ({
      lines: read.lines('lines', () => {
        throw new UserError('no.');
      }),
    }));
    expect(problems).toEqual(['Input "lines", line 4: no.']);
  });

  it('refuses a misspelt name and warns of a strange one', () => {
    const { problems, warnings } = reading({ 'base-ulr': 'x', colour: 'red', empty: '' }, (read) => ({
      url: read.optionalText('base-url'),
    }));
    expect(problems).toEqual(['There is no input "base-ulr". | did you mean "base-url"?']);
    expect(warnings).toEqual(['There is no input "colour"; it is ignored. | the inputs are: base-url']);
  });
});
