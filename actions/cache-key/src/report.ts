import type { Report } from '@delivery-actions/action-kit';
import type { DerivedKey } from './derive-key.ts';
import type { Part, PartKind } from './key.ts';

const NAMES: Readonly<Record<PartKind, readonly [one: string, many: string]>> = {
  'os-image': ['operating system', 'operating systems'],
  architecture: ['architecture', 'architectures'],
  toolchain: ['tool', 'tools'],
  environment: ['variable', 'variables'],
  'base-image': ['base image', 'base images'],
  lockfile: ['lockfile', 'lockfiles'],
};

/** Every part that the key depends on, and the key as the result. */
export function keyReport({ key, parts }: DerivedKey): Report<Part> {
  const counted = (['lockfile', 'base-image', 'toolchain', 'environment'] as const)
    .map((kind) => ({ kind, count: parts.filter((each) => each.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${NAMES[kind][count === 1 ? 0 : 1]}`);
  return {
    heading: 'Cache key',
    rows: parts,
    columns: [
      { name: 'Part', cell: ({ kind }) => NAMES[kind][0] },
      { name: 'Name', cell: ({ name }) => name },
      { name: 'Value', cell: ({ value }) => (value === null ? 'not set' : value === '' ? '""' : value) },
    ],
    status: () => 'passed',
    findings: [],
    verdict: { passed: true, text: `${key} from ${counted.join(', ')}` },
  };
}
