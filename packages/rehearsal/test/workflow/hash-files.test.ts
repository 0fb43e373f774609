import { createHash } from 'node:crypto';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashFiles } from '../../src/workflow/hash-files.ts';
import { temporaryFolder, write } from './harness.ts';

const FILES = ['a.lock', 'app/package.json', 'app/sub/package.json', 'app/sub/deep/x.txt', '.hidden/y.txt', 'z[1].txt'];

describe('hashFiles', () => {
  const made = () => {
    const folder = write(temporaryFolder(), Object.fromEntries(FILES.map((file) => [file, `content of ${file}`])));
    symlinkSync('app', join(folder, 'link'));
    symlinkSync('..', join(folder, 'app', 'loop'));
    return folder;
  };

  it.each<[patterns: string[], files: string[]]>([
    [['**/package.json'], ['app/package.json', 'app/sub/package.json']],
    [['**'], ['.hidden/y.txt', 'a.lock', 'app/package.json', 'app/sub/deep/x.txt', 'app/sub/package.json', 'z[1].txt']],
    [['app'], ['app/package.json', 'app/sub/deep/x.txt', 'app/sub/package.json']],
    [['app/'], ['app/package.json', 'app/sub/deep/x.txt', 'app/sub/package.json']],
    [['./app/*'], ['app/package.json', 'app/sub/deep/x.txt', 'app/sub/package.json']],
    [
      ['app/**/x.txt', '*.lock'],
      ['a.lock', 'app/sub/deep/x.txt'],
    ],
    [['**/*.json\n!app/sub/**'], ['app/package.json']],
    [
      ['!**/*.json', '**/package.json'],
      ['app/package.json', 'app/sub/package.json'],
    ],
    [['# comment', 'a.loc?', ''], ['a.lock']],
    [
      ['[ab].lock', '.hidden/[!a].txt'],
      ['.hidden/y.txt', 'a.lock'],
    ],
    [['z[[]1].txt'], ['z[1].txt']],
    [['a.LOCK', 'ock', 'package.json'], []],
  ])('%j', (patterns, files) => {
    const folder = made();
    const hash = createHash('sha256');
    for (const file of files)
      hash.update(
        createHash('sha256')
          .update(readFileSync(join(folder, file)))
          .digest(),
      );
    expect(hashFiles(folder, patterns)).toBe(files.length === 0 ? '' : hash.digest('hex'));
  });

  it('follows links only if asked to, and does not go round in circles', () => {
    const folder = made();
    expect(hashFiles(folder, ['link/package.json'])).toBe('');
    expect(hashFiles(folder, ['--follow-symbolic-links', 'link/package.json'])).not.toBe('');
    expect(hashFiles(folder, ['--follow-symbolic-links', '**/x.txt'])).not.toBe('');
    expect(() => hashFiles(folder, ['--unknown', 'x'])).toThrow('Invalid glob option --unknown');
  });
});
