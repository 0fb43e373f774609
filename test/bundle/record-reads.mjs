import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// Loaded before a bundle (`--import`): appends each variable that its code reads by name to the file RECORD_READS. Every Node
// that a job starts loads it, of whatever version: no types here.

const { env } = process;
const file = env.RECORD_READS ?? '';
const seen = new Set();
let described;

if (/[\\/]dist[\\/]index\.js$/.test(process.argv[1] ?? '')) {
  process.env = new Proxy(env, {
    get(target, name) {
      // `{ ...env }` looks at each variable before it takes it: that hands the environment on and reads nothing by name.
      const copied = described === name;
      described = undefined;
      if (typeof name === 'string' && !copied && !seen.has(name) && !isNode(new Error().stack ?? '')) {
        seen.add(name);
        appendFileSync(file, `${process.argv[1]}\t${name}\n`);
      }
      return Reflect.get(target, name);
    },
    getOwnPropertyDescriptor(target, name) {
      described = name;
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  });
  syncBuiltinESMExports();
}

/** Whether it is Node's own code that asks: the line after the one of the trap. */
function isNode(stack) {
  return /\bnode:/.test(stack.split('\n')[2] ?? '');
}
