import { git, text } from './git.ts';
import { PIN } from './tables.ts';

/** Whether two trees ship the same, but for the version that each action's README names to pin. */
export async function shipsTheSame(repository: string, before: string, after: string): Promise<boolean> {
  const listed = text(await git(repository, ['diff-tree', '-r', '--name-only', before, after]));
  const paths = listed.split('\n').filter((path) => path !== '');
  if (paths.some((path) => !/^[^/]+\/README\.md$/.test(path))) return false;
  const same = paths.map(async (path) => {
    const [was, is] = await Promise.all([before, after].map((tree) => withoutVersion(repository, tree, path)));
    return was !== undefined && was === is;
  });
  return (await Promise.all(same)).every(Boolean);
}

async function withoutVersion(repository: string, tree: string, path: string): Promise<string | undefined> {
  const readme = await git(repository, ['cat-file', 'blob', `${tree}:${path}`]).then(String, () => undefined);
  const [pin] = readme?.matchAll(PIN) ?? [];
  return pin?.[1] === undefined ? readme : readme?.replaceAll(pin[1], 'vX.Y.Z');
}
