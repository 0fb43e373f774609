import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renameRepository } from '@delivery-actions/release';
import { expect, it } from 'vitest';
import { checkout, git, write } from './checkout.ts';

it('writes the name of a fork wherever the present one stands, and nowhere else', async () => {
  const root = checkout();
  write(root, {
    'package.json': JSON.stringify({ version: '1.0.0', repository: 'house/bundle' }),
    'README.md':
      'uses: house/bundle/greet@v1, https://github.com/house/bundle, my-house/bundle, house/bundle-x, house/other\n',
    'test/a.ts': "/^house\\/bundle\\/x/.test('house/bundle')\n",
  });
  git(root, 'add', '.');
  expect(await renameRepository('acme/delivery', root)).toEqual(['README.md', 'package.json', 'test/a.ts']);
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe(
    'uses: acme/delivery/greet@v1, https://github.com/acme/delivery, my-house/bundle, house/bundle-x, house/other\n',
  );
  expect(readFileSync(join(root, 'test/a.ts'), 'utf8')).toBe("/^acme\\/delivery\\/x/.test('acme/delivery')\n");
  expect(await renameRepository('house/bundle', root)).toEqual(['README.md', 'package.json', 'test/a.ts']);
  await expect(renameRepository('acme', root)).rejects.toThrow('expected owner/name, such as acme/actions');
});

it('writes it in what was merged from the project that was forked, too', async () => {
  const root = checkout();
  write(root, {
    'package.json': JSON.stringify({ version: '1.0.0', repository: 'acme/delivery' }),
    'README.md': 'uses: house/bundle/greet@v1, acme/delivery/other@v1\n',
  });
  git(root, 'add', '.');
  expect(await renameRepository('acme/delivery', root, 'house/bundle')).toEqual(['README.md']);
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe('uses: acme/delivery/greet@v1, acme/delivery/other@v1\n');
  await expect(renameRepository('acme/delivery', root, 'house')).rejects.toThrow('"house" is not the name');
});
