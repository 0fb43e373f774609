import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines } from '../src/json-lines.ts';

async function* chunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of [...sizes, bytes.length]) {
    if (start >= bytes.length) return;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

async function linesOf(source: AsyncIterable<Uint8Array>): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of jsonLines(source)) lines.push(line);
  return lines;
}

describe('lines of a watch', () => {
  it('come out whole however the bytes were cut, also within a character', async () => {
    const values = fc.array(fc.record({ type: fc.string({ unit: 'grapheme' }), n: fc.integer() }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(values, fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 60 }), async (objects, sizes) => {
        const bytes = new TextEncoder().encode(objects.map((object) => `${JSON.stringify(object)}\n`).join(''));
        expect(await linesOf(chunks(bytes, sizes))).toEqual(objects);
      }),
    );
  });

  it('without their newline are dropped: the connection ended while they were written', async () => {
    const bytes = new TextEncoder().encode('{"type":"ADDED"}\n{"type":"MODIF');
    expect(await linesOf(chunks(bytes, [5]))).toEqual([{ type: 'ADDED' }]);
  });

  it('without end are refused before memory is full', async () => {
    const endless = (async function* () {
      for (;;) yield new Uint8Array(1024 * 1024).fill(65);
    })();
    await expect(linesOf(endless)).rejects.toThrow('a line of more than 16777216 characters');
  });
});
