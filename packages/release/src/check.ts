import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git, has, text } from './git.ts';
import { strangersIn } from './shipped.ts';

/** What a rebuild gave: a repository that has the tag. */
export type Rebuild = (checkout: string, tag: string) => Promise<string>;

interface CheckOptions {
  /** A repository that has the release's tag and its source commit. */
  readonly repository: string;
  /** `v1.2.3` */
  readonly tag: string;
  readonly rebuild?: Rebuild;
}

/**
 * Builds a release again from the commit that it says it comes from, in a new folder, and compares it with what was
 * published. Throws naming every file that differs. Answers the release's commit and its source commit.
 */
export async function checkRelease({ repository, tag, rebuild = fromSource }: CheckOptions) {
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
  const folder = mkdtempSync(join(tmpdir(), 'release-check-'));
  try {
    const checkout = join(folder, 'source');
    await git(repository, ['clone', '--quiet', '--no-checkout', '--no-tags', repository, checkout]);
    await git(join(checkout, '.git'), ['checkout', '--quiet', '--detach', source], {
      cwd: checkout,
      env: { GIT_WORK_TREE: checkout },
    });
    const rebuilt = await rebuild(checkout, tag);
    const differences = [
      ...(await differingFiles(repository, commit, rebuilt, tag)),
      ...strangersIn([...(await filesIn(repository, commit)).keys()]),
      ...(await differingCommit(repository, commit, rebuilt, `${tag}^{commit}`, source)),
    ];
    if (differences.length > 0)
      throw new Error(
        `${tag} is not what ${source} gives. Do not use it:\n${differences.map((each) => `  ${each}`).join('\n')}`,
      );
    return { commit, source };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The rules of that time are those of the source commit: it installs, builds and lays out its own tree. */
const fromSource: Rebuild = async (checkout) => {
  // Without a shell it would not be found on Windows; nothing in the line comes from outside.
  for (const line of ['npx -y pnpm@12 install --frozen-lockfile', 'npx -y pnpm@12 build']) {
    console.log(`${line}   in ${checkout}`);
    const { status } = spawnSync(line, { cwd: checkout, shell: true, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`"${line}" ended with ${status} in a checkout of the source commit`);
  }
  return join(checkout, 'build', 'release', 'actions.git');
};

async function differingFiles(repository: string, commit: string, rebuilt: string, tag: string): Promise<string[]> {
  const published = await filesIn(repository, commit);
  const expected = await filesIn(rebuilt, `${tag}^{commit}`);
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
  rebuilt: string,
  other: string,
  source: string,
): Promise<string[]> {
  const asked = ['log', '-1', '--format=%an <%ae> %at, %cn <%ce> %ct%n%B'];
  const [is, should] = [text(await git(repository, [...asked, commit])), text(await git(rebuilt, [...asked, other]))];
  const parents = text(await git(repository, ['log', '-1', '--format=%P', commit])).split(' ');
  return [
    ...(is === should ? [] : ['its author, date or message is not that of a release']),
    ...(parents.at(-1) === source ? [] : [`its last parent is not ${source}, its source commit`]),
  ];
}
