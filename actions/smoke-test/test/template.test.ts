import { describe, expect, it } from 'vitest';
import { partsOf, placeholders, render, renderTree, stringsIn } from '../src/template.ts';

const values = {
  captures: new Map<string, string | number | boolean>([
    ['id', 'ord/1'],
    ['total', 20],
    ['paid', true],
  ]),
  env: new Map([['API_KEY', 'k&1']]),
};

describe('a text', () => {
  it('is cut at {capture} and ${VARIABLE}', () => {
    expect(partsOf('/a/{id}?k=${API_KEY}&x')).toEqual(['/a/', { capture: 'id' }, '?k=', { variable: 'API_KEY' }, '&x']);
    expect(partsOf('{id}')).toEqual([{ capture: 'id' }]);
    expect(partsOf('')).toEqual([]);
  });

  it('has no placeholder in what merely looks a little like one', () => {
    for (const text of ['{ id }', '{}', '$id', '{"id":1}', '{id', '{a-b}', 'query { me { id } }', '{1}'])
      expect(placeholders(text)).toEqual([]);
  });

  it('keeps a placeholder with a backslash before it', () => {
    expect(render('\\{id} \\${API_KEY} {total}', values)).toBe('{id} ${API_KEY} 20');
  });

  it('is filled in, what is filled in encoded', () => {
    expect(render('/orders/{id}?key=${API_KEY}&all', values, encodeURIComponent)).toBe('/orders/ord%2F1?key=k%261&all');
  });
});

describe('a JSON value', () => {
  it('keeps the type of a string that is one placeholder', () => {
    expect(renderTree({ a: '{total}', b: ['{paid}', 'x{total}'], c: 1, d: null, '{id}': '' }, values)).toEqual({
      a: 20,
      b: [true, 'x20'],
      c: 1,
      d: null,
      '{id}': '',
    });
  });

  it('lists its strings with their paths', () => {
    expect([...stringsIn({ a: ['x', { b: 'y' }], c: 1 }, ['body'])]).toEqual([
      { text: 'x', path: ['body', 'a', 0] },
      { text: 'y', path: ['body', 'a', 1, 'b'] },
    ]);
  });
});
