import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { orders } from '../src/orders.js';

const folder = mkdtempSync(join(tmpdir(), 'orders-'));
const book = orders(folder);
after(() => rmSync(folder, { recursive: true }));

test('an order has the total of its items', () => {
  const items = [
    { price: 20, quantity: 2 },
    { price: 5, quantity: 1 },
  ];
  assert.equal(book.create(items).total, 45);
});

test('a confirmed order stays confirmed', () => {
  const { id } = book.create([]);
  book.confirm(id);
  assert.equal(book.find(id).status, 'confirmed');
});
