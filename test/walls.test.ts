import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionNames, ROOT } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { withoutComments } from './contract/action.ts';

/** What each package that ships may import of ours; actions may import all of these and never each other. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'action-kit': [],
  waiting: [],
  http: [],
  oci: ['http', 'waiting'],
  kube: ['http', 'waiting'],
  'located-yaml': [],
};
const SHIPPED = Object.keys(MAY_IMPORT);
const DEVELOPMENT = ['rehearsal', 'release', 'stand-ins', 'testkit'];

const PROCESS =
  /\bprocess\.(?:env|exit|exitCode|stdout|stderr|stdin|on|once|kill|argv)\b|\bconsole\.|\bfrom 'node:process'/;
const CLOCK =
  /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\b(?:setTimeout|setInterval|setImmediate)\(|\bperformance\.|\bprocess\.(?:hrtime|uptime)\b|\bfrom 'node:(?:timers|timers\/promises|perf_hooks)'|\bAbortSignal\.timeout\b/;

interface Room {
  /** `actions/image-tag` */
  readonly folder: string;
  readonly mayImport: readonly string[];
}

const rooms: readonly Room[] = [
  ...actionNames().map((name) => ({ folder: `actions/${name}`, mayImport: SHIPPED })),
  ...SHIPPED.map((name) => ({ folder: `packages/${name}`, mayImport: MAY_IMPORT[name] ?? [] })),
  ...DEVELOPMENT.map((name) => ({ folder: `packages/${name}`, mayImport: [...SHIPPED, ...DEVELOPMENT] })),
];

const shippedRooms = rooms.filter(({ folder }) => !DEVELOPMENT.includes(folder.split('/')[1] ?? ''));

/** Its sources, and the scripts of the rehearsal's shims, which run as they are. */
function sources(folder: string): { path: string; code: string }[] {
  return ['src', 'shims'].flatMap((part) => {
    const place = join(ROOT, folder, part);
    if (!existsSync(place)) return [];
    return readdirSync(place, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.m?[tj]s$/.test(name))
      .map((name) => ({
        path: `${folder}/${part}/${name.replaceAll('\\', '/')}`,
        code: withoutComments(readFileSync(join(place, name), 'utf8')),
      }));
  });
}

function imports(code: string): string[] {
  const found = code.matchAll(/\b(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, from, bare]) => from ?? bare ?? '');
}

/** Paths of the files that match, for a message that can be acted on. */
function touching(pattern: RegExp, except: (path: string) => boolean): string[] {
  return shippedRooms
    .flatMap(({ folder }) => sources(folder))
    .filter(({ path, code }) => pattern.test(code) && !except(path))
    .map(({ path, code }) => `${path}: ${pattern.exec(code)?.[0]}`);
}

describe('the walls of the house', () => {
  it('know every room', () => {
    const packages = readdirSync(join(ROOT, 'packages')).filter((name) =>
      existsSync(join(ROOT, 'packages', name, 'package.json')),
    );
    expect(packages.sort()).toEqual([...SHIPPED, ...DEVELOPMENT].sort());
    for (const { folder } of rooms) expect(sources(folder), folder).not.toEqual([]);
  });

  it.each(rooms)('$folder imports only what it may', ({ folder, mayImport }) => {
    for (const { path, code } of sources(folder)) {
      for (const from of imports(code)) {
        const [, ours] = /^@delivery-actions\/(.+)$/.exec(from) ?? [];
        if (ours !== undefined) expect(mayImport, `${path} imports ${from}`).toContain(ours);
        if (from.startsWith('.')) {
          const depth = path.split('/').length - 3;
          expect(from.split('../').length - 1, `${path} imports ${from}, outside of its room`).toBeLessThan(depth);
          expect(from, `${path}: a relative import ends in .ts`).toMatch(/\.ts$/);
        }
      }
    }
  });

  it.each(rooms)('$folder declares the packages that it imports, and no other', ({ folder }) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    const used = new Set(
      sources(folder)
        .flatMap(({ code }) => imports(code))
        .filter((from) => !from.startsWith('.') && !from.startsWith('node:'))
        .map((from) =>
          from
            .split('/')
            .slice(0, from.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    );
    const declared = Object.keys(dependencies).sort();
    expect(declared, `the dependencies of ${folder}/package.json are not what it imports`).toEqual([...used].sort());
  });

  it.each(shippedRooms)('$folder compiles after the packages of ours that it imports', ({ folder }) => {
    const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, folder, file), 'utf8'));
    const { dependencies = {} } = read('package.json') as { dependencies?: Record<string, string> };
    const { references = [] } = read('tsconfig.json') as { references?: { path: string }[] };
    const ours = Object.keys(dependencies).filter((name) => name.startsWith('@delivery-actions/'));
    expect(
      references.map(({ path }) => `@delivery-actions/${path.split('/').at(-1)}`).sort(),
      `the references of ${folder}/tsconfig.json are not the packages of its package.json`,
    ).toEqual(ours.sort());
  });

  it('only action-kit imports @actions/core', () => {
    expect(touching(/'@actions\/core'/, (path) => path.startsWith('packages/action-kit/'))).toEqual([]);
  });

  it('only action-kit touches the environment, the console and the exit code', () => {
    expect(touching(PROCESS, (path) => path.startsWith('packages/action-kit/'))).toEqual([]);
  });

  it('only waiting and http touch the clock', () => {
    // runAction ends a cancelled process before the runner does: that is about the process, not about time.
    const timekeepers = /^packages\/(?:waiting|http)\/|^packages\/action-kit\/src\/run-action\.ts$/;
    expect(touching(CLOCK, (path) => timekeepers.test(path))).toEqual([]);
  });

  it('files of sources are short enough to be read', () => {
    for (const { folder } of rooms)
      for (const { path } of sources(folder))
        expect(readFileSync(join(ROOT, path), 'utf8').split('\n').length, path).toBeLessThanOrEqual(300);
  });
});

describe('the scan for imports', () => {
  it('sees each way to import', () => {
    const code = `
      import { a } from 'a';
      import type { B } from "not-double";
      import 'bare';
      export { c, type D } from './c.ts';
      const heavy = await import('heavy');
      const d = load('not-this');
    `;
    expect(imports(code)).toEqual(['a', 'bare', './c.ts', 'heavy']);
  });
});
