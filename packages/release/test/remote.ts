import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildReleaseTree, publish } from '@delivery-actions/release';
import { bundleOf, checkout, git, newFolder, write } from './checkout.ts';

/** A checkout of a house with one action, whose origin is a bare repository on this machine. */
export interface House {
  readonly root: string;
  readonly origin: string;
  /** Everything that was told. */
  readonly told: string[];
  /** `refs/tags/v1 <commit>`, one a line. */
  refs(): string;
  /** Commits a next version on main and pushes it. */
  next(version: string, files?: Readonly<Record<string, string>>): void;
  publish(version: string, options?: { dryRun?: boolean; hold?: boolean }): ReturnType<typeof publish>;
  /** Lets the remote refuse whatever sets this ref. */
  refuse(ref: string): void;
}

export function house(version = '1.0.0'): House {
  const root = checkout({ version });
  const origin = join(newFolder(), 'origin.git');
  git(root, 'init', '--quiet', '--bare', origin);
  git(root, 'remote', 'add', 'origin', origin);
  git(root, 'push', '--quiet', 'origin', 'main');
  const told: string[] = [];
  return {
    root,
    origin,
    told,
    refs: () => git(origin, 'for-each-ref', '--format=%(refname) %(objectname)'),
    next(to, files = { 'actions/greet/src/index.ts': `release ${to}\n` }) {
      const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
      write(root, {
        ...files,
        'package.json': JSON.stringify({ version: to }),
        'CHANGELOG.md': changelog.replace('# Changelog\n', `# Changelog\n\n## ${to}\n\n- Changed.\n`),
      });
      git(root, 'add', '.');
      git(root, 'commit', '--quiet', '-m', `prepare ${to}`);
      git(root, 'push', '--quiet', 'origin', 'main');
    },
    publish: (to, options = {}) => publish({ version: to, root, rebuild, tell: (line) => told.push(line), ...options }),
    refuse(ref) {
      const hook = `#!/bin/sh\nif [ "$1" = "${ref}" ]; then echo "no $1 today" >&2; exit 1; fi\n`;
      writeFileSync(join(origin, 'hooks', 'update'), hook, { mode: 0o755 });
    },
  };
}

/** The build of this house: the bundle says what the source says. */
export async function rebuild(root: string): Promise<string> {
  const source = readFileSync(join(root, 'actions/greet/src/index.ts'), 'utf8');
  for (const action of readdirSync(join(root, 'actions')))
    write(
      root,
      Object.fromEntries(Object.entries(bundleOf(source)).map(([path, text]) => [path.replace('greet', action), text])),
    );
  return (await buildReleaseTree({ root, repository: join(newFolder(), 'rebuilt.git') })).repository;
}
