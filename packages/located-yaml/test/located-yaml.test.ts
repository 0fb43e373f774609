import { locatedYaml, type Path } from '@delivery-actions/located-yaml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

const TEXT = `# what is read
policy: &policy
  max-age: 90d
environments:
  staging:
    - name: one
    - { name: two, 3: three }
  production:
    policy: *policy
`;

/** \`line:column\` */
function place(text: string, path: Path, of?: 'value' | 'key'): string {
  const { line, column } = locatedYaml(text).position(path, of);
  return `${line}:${column}`;
}

describe('the place', () => {
  it.each<{ path: Path; value: string; key: string }>([
    { path: [], value: '2:1', key: '2:1' },
    { path: ['policy', 'max-age'], value: '3:12', key: '3:3' },
    { path: ['environments', 'staging'], value: '6:5', key: '5:3' },
    { path: ['environments', 'staging', 0, 'name'], value: '6:13', key: '6:7' },
    { path: ['environments', 'staging', 1], value: '7:7', key: '7:7' },
    { path: ['environments', 'staging', 1, '3'], value: '7:23', key: '7:20' },
    { path: ['environments', 'staging', 1, 3], value: '7:23', key: '7:20' },
    { path: ['environments', 'production', 'policy', 'max-age'], value: '3:12', key: '3:3' },
  ])('of $path is where it stands: value $value, key $key', ({ path, value, key }) => {
    expect([place(TEXT, path), place(TEXT, path, 'key')]).toEqual([value, key]);
  });

  it('of what is not there is the nearest around it', () => {
    expect(place(TEXT, ['environments', 'staging', 0, 'policy', 'max-age'])).toBe('6:7');
    expect(place(TEXT, ['environments', 'staging', 9])).toBe('6:5');
    expect(place(TEXT, ['nothing'])).toBe('2:1');
    expect(place(TEXT, ['policy', 'max-age', 'days'], 'key')).toBe('3:12');
  });

  it('of a key without a value is the key', () => {
    expect(place('a:\n  b:\nc: 1\n', ['a', 'b'], 'key')).toBe('2:3');
    expect(place('? a\n', ['a'])).toBe('1:3');
  });

  it('is the same after line ends of Windows, and 1:1 in an empty text', () => {
    expect(place(TEXT.replaceAll('\n', '\r\n'), ['environments', 'staging', 1, '3'])).toBe('7:23');
    expect(place('', ['a', 0])).toBe('1:1');
  });

  it('of any text in any data is where its first character stands', () => {
    const word = fc.stringMatching(/^[b-z]{1,8}$/).filter((text) => !['false', 'true', 'null', 'no'].includes(text));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(word, fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(word, tie('tree'), { maxKeys: 3 })),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = stringify(value);
        const lines = text.split('\n');
        for (const { path, leaf } of leaves(value)) {
          const { line, column } = locatedYaml(text).position(path);
          expect(lines[line - 1]?.slice(column - 1)).toBe(leaf);
        }
      }),
    );
  });
});

describe('what is no YAML', () => {
  const faults = (text: string) =>
    locatedYaml(text).errors.map(({ text, position: { line, column } }) => `${line}:${column}: ${text}`);

  it('is told without a word of it, after the first fault of syntax no more', () => {
    const text = 'token: "s3cr3t\nother: [s3cr3t\n';
    expect(faults(text)).toEqual(['3:1: Missing closing "quote']);
    expect(locatedYaml(text).value).toBeUndefined();
    expect(faults('a: s3cr3t: b\nc: {d\n')).toEqual(['1:4: Nested mappings are not allowed in compact mappings']);
  });

  it.each([
    ['a: !s3cr3t', '1:4: Unresolved tag'],
    ['a: *s3cr3t', '1:1: Unresolved alias (the anchor must be set before the alias)'],
    ['- a\ns3cr3t: b\n', '2:1: Unexpected scalar at node end'],
  ])('is told without a word of it, also where a secret looks like YAML: %j', (text, fault) => {
    expect(faults(text)).toEqual([fault]);
  });

  it('names every key that is there twice', () => {
    expect(faults('a: 1\na: 2\nb:\n  c: 1\n  c: 2\n')).toEqual([
      '2:1: Map keys must be unique',
      '5:3: Map keys must be unique',
    ]);
  });

  it('is also what unfolds without measure', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed']) bomb.push(`${name}: &${name} [${`*${of}, `.repeat(10)}]`);
    const { value, errors } = locatedYaml(bomb.join('\n'));
    expect(value).toBeUndefined();
    expect(errors.map(({ text }) => text)).toEqual([expect.stringMatching(/alias/i)]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abé {}[]:,-?&*!|>\'"%@`#\n\t'.split('')) }), (text) => {
        const { value, errors, position } = locatedYaml(text);
        if (errors.length > 0) expect(value).toBeUndefined();
        for (const { position: at } of errors) expect(at.line).toBeGreaterThan(0);
        expect(position(['a', 0]).column).toBeGreaterThan(0);
      }),
    );
  });
});

function leaves(value: unknown, path: Path = []): { path: Path; leaf: string }[] {
  if (typeof value === 'string') return [{ path, leaf: value }];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value ?? {});
  return entries.flatMap(([key, child]) => leaves(child, [...path, key]));
}
