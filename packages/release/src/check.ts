import { git, has, text } from './git.ts';
import { type Rebuild, rebuilt } from './rebuild.ts';
import { strangersIn } from './shipped.ts';

interface CheckOptions {
  /** A repository that has the release's tag and its source commit. */
  readonly repository: string;
  /** `v1.2.3` */
  readonly tag: string;
  readonly rebuild?: Rebuild;
}

/**
 * Builds a release again from the commit that it says it comes from, in a new folder, and compares it with what was
 * published. Throws naming every file that differs, and when the source is not on main: then nobody has reviewed it. Answers
 * the release's commit and its source commit, and the branch that it was found on.
 */
export async function checkRelease({ repository, tag, rebuild }: CheckOptions) {
  const commit = text(
    await git(repository, ['rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`]).catch(() => {
      throw new Error(`there is no release "${tag}" in ${repository}: run "git fetch --tags" there`);
    }),
  );
  const source = text(await git(repository, ['log', '-1', '--format=%(trailers:key=Source-Commit,valueonly)', commit]));
  if (!/^[0-9a-f]{40}$/.test(source))
    throw new Error(`${tag} does not come from a commit: its Source-Commit is "${source || 'missing'}"`);
  if (!(await has(repository, source)))
    throw new Error(
      `${tag} says that it comes from ${source}, and no such commit is in ${repository}: fetch its branches`,
    );
  const main = await mainOf(repository);
  if (main !== undefined && !(await isAncestor(repository, source, main)))
    throw new Error(
      `${tag} comes from ${source}, which is not on ${main}: it was not reviewed there. Do not use it, unless that branch is only old here: run "git fetch"`,
    );
  const from = { repository, source, tag, ...(rebuild && { rebuild }) };
  const differences = await rebuilt(from, async (other) => [
    ...(await differingFiles(repository, commit, other, tag)),
    ...strangersIn([...(await filesIn(repository, commit)).keys()]),
    ...(await differingCommit(repository, commit, other, `${tag}^{commit}`, source)),
  ]);
  if (differences.length > 0)
    throw new Error(
      `${tag} is not what ${source} gives. Do not use it:\n${differences.map((each) => `  ${each}`).join('\n')}`,
    );
  return { commit, source, main };
}

/** Where reviewed sources stand: what the clone knows of the remote's main, else its own. */
async function mainOf(repository: string): Promise<string | undefined> {
  for (const ref of ['refs/remotes/origin/main', 'refs/heads/main'])
    if (await has(repository, ref)) return ref.replace(/^refs\/(?:remotes|heads)\//, '');
  return undefined;
}

function isAncestor(repository: string, commit: string, branch: string): Promise<boolean> {
  return git(repository, ['merge-base', '--is-ancestor', commit, branch]).then(
    () => true,
    () => false,
  );
}

async function differingFiles(repository: string, commit: string, other: string, tag: string): Promise<string[]> {
  const published = await filesIn(repository, commit);
  const expected = await filesIn(other, `${tag}^{commit}`);
  const all = [...new Set([...published.keys(), ...expected.keys()])].sort();
  return all.flatMap((path) => {
    const [is, should] = [published.get(path), expected.get(path)];
    if (is === should) return [];
    if (should === undefined) return [`${path} was published and is not built from the source`];
    return [is === undefined ? `${path} is missing in the release` : `${path} differs from what the source gives`];
  });
}

/** Path -> mode and blob. */
async function filesIn(repository: string, commit: string): Promise<Map<string, string>> {
  const lines = (await git(repository, ['ls-tree', '-r', '-z', commit])).toString('utf8').split('\0');
  return new Map(
    lines
      .filter((line) => line !== '')
      .map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]),
  );
}

/** Who wrote it, when, what it says, and that its source is a parent; the release before it is a matter of the branch. */
async function differingCommit(
  repository: string,
  commit: string,
  rebuiltRepository: string,
  other: string,
  source: string,
): Promise<string[]> {
  const asked = ['log', '-1', '--format=%an <%ae> %at, %cn <%ce> %ct%n%B'];
  const [is, should] = [
    text(await git(repository, [...asked, commit])),
    text(await git(rebuiltRepository, [...asked, other])),
  ];
  const parents = text(await git(repository, ['log', '-1', '--format=%P', commit])).split(' ');
  return [
    ...(is === should ? [] : ['its author, date or message is not that of a release']),
    ...(parents.at(-1) === source ? [] : [`its last parent is not ${source}, its source commit`]),
  ];
}
