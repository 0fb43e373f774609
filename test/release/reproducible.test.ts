import { join } from 'node:path';
import { actionNames, buildReleaseTree } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { copyOfProject, git, newFolder, pnpm } from './copy.ts';

/** Installed, built and committed from nothing. */
function releasedIn(root: string): { tree: string; commit: string; repository: string } {
  const [line = ''] = pnpm(root, 'release:tree').match(/^v\S+ {2}commit .*$/m) ?? [];
  const [, commit = '', tree = '', repository = ''] = /commit (\w+) {2}tree (\w+) .* tar\.gz {2}(.+)$/.exec(line) ?? [];
  return { tree, commit, repository };
}

describe('the release of this project', () => {
  it('is the same tree and the same commit in another directory, and is what --check finds', () => {
    const one = copyOfProject('one');
    const other = copyOfProject('another folder, with a longer name');
    const [first, second] = [releasedIn(one), releasedIn(other)];
    expect(first.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(second.tree).toBe(first.tree);
    expect(second.commit).toBe(first.commit);

    git(one, 'fetch', '--quiet', first.repository, 'refs/tags/*:refs/tags/*');
    const tag = git(one, 'tag', '--list', 'v*.*.*');
    expect(pnpm(one, 'release:tree', '--check', tag)).toContain(`${tag}  ${first.commit}  is what `);
  }, 300_000);

  it('lists in sbom.json what licenses.txt has', async () => {
    const { repository, commit } = await buildReleaseTree({ repository: join(newFolder(), 'actions.git') });
    for (const action of actionNames()) {
      const { components } = JSON.parse(git(repository, 'cat-file', 'blob', `${commit}:${action}/sbom.json`)) as {
        components: { group?: string; name: string; version: string }[];
      };
      const licences = git(repository, 'cat-file', 'blob', `${commit}:${action}/dist/licenses.txt`);
      for (const { group, name, version } of components)
        expect(licences).toContain(`${group === undefined ? '' : `${group}/`}${name} ${version} (`);
      expect(components.map(({ name }) => name)).toContain('core');
    }
  });
});
