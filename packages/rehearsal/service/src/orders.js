import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Orders, one file each, in a folder that all replicas share. */
export function orders(folder) {
  mkdirSync(folder, { recursive: true });
  const path = (id) => join(folder, `${id}.json`);
  const save = (order) => {
    writeFileSync(path(order.id), JSON.stringify(order));
    return order;
  };
  const find = (id) => {
    if (!/^ord-[\da-f]{8}$/.test(id)) return undefined;
    try {
      return JSON.parse(readFileSync(path(id), 'utf8'));
    } catch (error) {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    find,
    create(items) {
      const total = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
      return save({ id: `ord-${randomUUID().slice(0, 8)}`, status: 'created', items, total });
    },
    confirm(id) {
      const order = find(id);
      return order && save({ ...order, status: 'confirmed' });
    },
  };
}
