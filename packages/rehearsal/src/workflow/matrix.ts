import { data } from '@actions/expressions';
import type { Value } from './expression.ts';
import { toPlain } from './expression.ts';

export type Combination = Readonly<Record<string, unknown>>;

/**
 * The jobs of a matrix: every combination of its lists without those that `exclude` matches, then `include`, which adds
 * to the combinations whose own values it leaves as they are, and is a job of its own if there is none.
 */
export function combinations(matrix: Value): readonly Combination[] {
  if (!(matrix instanceof data.Dictionary)) throw new Error('a matrix is a mapping of names and lists');
  const plain = toPlain(matrix) as Record<string, unknown>;
  const { include, exclude, ...lists } = plain;
  let made: Combination[] = Object.keys(lists).length > 0 ? [{}] : [];
  for (const [name, values] of Object.entries(lists)) {
    if (!Array.isArray(values)) throw new Error(`"${name}" of the matrix is no list`);
    made = made.flatMap((combination) => values.map((value: unknown) => ({ ...combination, [name]: value })));
  }
  const excluded = mappings(exclude, 'exclude');
  const kept: Record<string, unknown>[] = made
    .filter((combination) => !excluded.some((each) => matches(each, combination)))
    .map((combination) => ({ ...combination }));
  const base = kept.map((combination) => ({ ...combination }));
  const alone: Combination[] = [];
  for (const addition of mappings(include, 'include')) {
    const targets = kept.filter((_, index) => fits(addition, base[index] ?? {}));
    for (const target of targets) Object.assign(target, addition);
    if (targets.length === 0) alone.push(addition);
  }
  return [...kept, ...alone];
}

/** `test (18, linux)`: what GitHub adds to a job's name that does not tell the jobs of its matrix apart by itself. */
export function matrixSuffix(combination: Combination): string {
  const values = Object.values(combination).flatMap(scalars);
  return values.length > 0 ? ` (${values.join(', ')})` : '';
}

function scalars(value: unknown): readonly string[] {
  if (value === null || value === undefined || value === '') return [];
  return typeof value === 'object' ? Object.values(value).flatMap(scalars) : [String(value)];
}

function mappings(value: unknown, name: string): readonly Combination[] {
  if (value === undefined || value === null) return [];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (all.every((each) => typeof each === 'object' && each !== null)) return all as readonly Combination[];
  throw new Error(`"${name}" of the matrix is no list of mappings`);
}

function matches(part: Combination, whole: Combination): boolean {
  return Object.entries(part).every(([name, value]) => same(whole[name], value));
}

/** An addition must not change what the lists gave. */
function fits(addition: Combination, base: Combination): boolean {
  return Object.entries(addition).every(([name, value]) => !(name in base) || same(base[name], value));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
