import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentDigest, contentText } from '../src/content.ts';

const folder = mkdtempSync(join(tmpdir(), 'content-'));

function digest(text: string) {
  writeFileSync(join(folder, 'file'), text, 'latin1');
  return contentDigest(join(folder, 'file'));
}

function plain(text: string) {
  return { value: createHash('sha256').update(text, 'latin1').digest('hex') };
}

describe('contentDigest', () => {
  it('C04 takes CRLF for LF, also where a chunk ends', () => {
    expect(digest('a\r\nb\r\n')).toEqual(plain('a\nb\n'));
    for (const length of [64 * 1024 - 2, 64 * 1024 - 1, 64 * 1024]) {
      const start = 'x'.repeat(length);
      expect(digest(`${start}\r\ny\r\n`)).toEqual(plain(`${start}\ny\n`));
      expect(digest(`${start}\ry`)).toEqual(plain(`${start}\ry`));
      expect(digest(`${start}\r`)).toEqual(plain(`${start}\r`));
    }
  });

  it('leaves every other byte alone', () => {
    const bytes = String.fromCharCode(...Array(256).keys()).replace('\r', '');
    expect(digest(bytes)).toEqual(plain(bytes));
    expect(digest('a\rb\n\rc')).toEqual(plain('a\rb\n\rc'));
    expect(digest('')).toEqual(plain(''));
  });

  it('says why a file cannot be read', () => {
    expect(contentDigest(join(folder, 'missing'))).toEqual({ missing: true });
    expect(contentDigest(folder)).toEqual({ reason: 'it is a folder' });
    expect(contentText(join(folder, 'file', 'below'))).toEqual({ missing: true });
  });
});
