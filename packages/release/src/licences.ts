import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of webpack's statistics that says what is in a bundle. */
export interface BundleStats {
  readonly modules: readonly BundleModule[];
}

interface BundleModule {
  readonly name?: string;
  /** Empty when the module was looked at and left out. */
  readonly chunks?: readonly unknown[];
  /** What was merged into this one. */
  readonly modules?: readonly BundleModule[];
}

/** A dependency that has a module in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** The licence as the package ships it; empty when it ships none. */
  readonly text: string;
}

/**
 * The licences of everything in a bundle, lazy chunks included: ncc's own file has those of one chunk only. Packages with the
 * same text share it. Throws for a package that says nothing of a licence.
 */
export function licences(stats: BundleStats, folder: string): string {
  const byText = new Map<string, BundledPackage[]>();
  for (const found of packagesIn(stats, folder)) byText.set(found.text, [...(byText.get(found.text) ?? []), found]);
  return [...byText.entries()]
    .map(([text, packages]) => {
      const names = packages.map(({ name, version, license }) => `${name} ${version} (${license})`);
      return `${names.join('\n')}\n\n${text === '' ? 'The package ships no licence text.' : text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The dependencies that have a module in the bundle, sorted by name; ours are not among them. */
export function packagesIn(stats: BundleStats, folder: string): BundledPackage[] {
  const folders = new Set<string>();
  const visit = ({ name = '', modules = [] }: BundleModule) => {
    const [path] = /^\S*node_modules\/(?:@[^/\s]+\/)?[^/\s@]+(?=\/)/.exec(name.split('!').at(-1) ?? '') ?? [];
    if (path !== undefined) folders.add(path);
    modules.forEach(visit);
  };
  stats.modules.filter(({ chunks = [] }) => chunks.length > 0).forEach(visit);
  return [...folders]
    .map((path) => readPackage(join(folder, path)))
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Partial<BundledPackage>;
  const file = readdirSync(folder)
    .sort()
    .find((each) => /^licen[cs]e(?:[.-]|$)/i.test(each));
  if (name === undefined || version === undefined || typeof license !== 'string')
    throw new Error(`${folder}/package.json names no licence: it cannot be shipped`);
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  return { name, version, license, text };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
