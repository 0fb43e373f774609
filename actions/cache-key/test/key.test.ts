import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheKey, type PartKind, part } from '../src/key.ts';
import { KEY_MAX } from '../src/key-format.ts';

const prefixes = fc.stringMatching(/^[a-z0-9_./+]+(-[a-z0-9_./+]+)*$/).filter((text) => text.length <= KEY_MAX / 2);
const KINDS: readonly PartKind[] = ['toolchain', 'environment', 'base-image', 'lockfile'];
const parts = fc.array(
  fc
    .tuple(fc.constantFrom(...KINDS), fc.string(), fc.option(fc.string(), { nil: null }))
    .map(([kind, name, value]) => part(kind, name, value)),
);
const keys = fc.tuple(prefixes, fc.string(), fc.string(), parts).map((args) => cacheKey(...args));

describe('cacheKey', () => {
  it('C06 no key is the start of another, and a restore key ends where a part ends', () => {
    fc.assert(
      fc.property(keys, keys, (one, other) => {
        if (one.key !== other.key) expect(other.key.startsWith(one.key)).toBe(false);
        for (const restore of one.restoreKeys) {
          expect(one.key.startsWith(restore)).toBe(true);
          if (other.key.startsWith(restore)) expect(other.restoreKeys).toEqual(one.restoreKeys);
        }
      }),
    );
  });

  it('C06 d64 and d64x of an architecture or a prefix do not meet', () => {
    const [short, long] = ['d64', 'd64x'].map((arch) => cacheKey('deps', 'ubuntu24', arch, []));
    expect(long?.key.startsWith(short?.restoreKeys[0] ?? '')).toBe(false);
    const other = cacheKey('deps-x', 'ubuntu24', 'x64', []);
    expect(other.key.startsWith(cacheKey('deps', 'ubuntu24', 'x64', []).restoreKeys[0] ?? '')).toBe(false);
  });

  it('has at most 512 characters, no comma, no white space, and a hash of one length', () => {
    fc.assert(
      fc.property(keys, ({ key }) => {
        expect(key.length).toBeLessThanOrEqual(KEY_MAX);
        expect(key).toMatch(/^[^,\s]+--[a-z0-9._]+--[a-z0-9._]+--[0-9a-f]{64}$/);
      }),
    );
  });

  it('moves when any part is added, and not when parts change places', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const before = cacheKey('deps', 'os', 'arch', given).key;
        expect(cacheKey('deps', 'os', 'arch', given.toReversed()).key).toBe(before);
        for (const kind of KINDS)
          expect(cacheKey('deps', 'os', 'arch', [...given, part(kind, 'one more', 'a value')]).key).not.toBe(before);
      }),
    );
  });

  it('parts whose texts could be glued together differ', () => {
    expect(part('toolchain', 'a', 'bc').hash).not.toBe(part('toolchain', 'ab', 'c').hash);
    expect(part('environment', 'A', null).hash).not.toBe(part('environment', 'A', 'null').hash);
  });
});
