import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askGit, git, has, text } from './git.ts';
import { actionNames, BUILD, ROOT } from './project.ts';
import { checkBudget, shippedFiles } from './shipped.ts';
import { shipsTheSame } from './unchanged.ts';
import { compareTags, isVersion, majorTagOf, releaseTags } from './version.ts';

export interface Release {
  /** `v1.0.0` */
  readonly tag: string;
  /** `v1` */
  readonly majorTag: string;
  readonly tree: string;
  readonly commit: string;
  /** The release before it, if the repository has one. */
  readonly previous: string | undefined;
  /** Size of the `tar.gz` that every job of a consumer downloads. */
  readonly bytes: number;
  /** The release before it ships the same: there is nothing to release. */
  readonly unchanged: boolean;
}

export interface ReleaseTree extends Release {
  /** A bare git repository with the branch `releases/v1`, the annotated tag and the plain tag of the major version. */
  readonly repository: string;
}

interface CommitOptions {
  /** The checkout that is released. */
  readonly root: string;
  /** The repository that gets the objects; no ref in it is touched. */
  readonly repository: string;
  readonly actions?: readonly string[];
  /** The release before this one, if it is not what the repository's own tags say. */
  readonly previous?: string | undefined;
  readonly budget?: number;
}

/** What a release is built from. */
interface Source {
  readonly commit: string | undefined;
  /** Its time, since 1970. */
  readonly seconds: string;
  /** What the release says about it. */
  readonly name: string;
}

interface CommitTreeOptions {
  readonly tag: string;
  readonly source: Source;
  readonly previous: string | undefined;
  readonly budget?: number | undefined;
}

const AUTHOR = 'Delivery Actions';
const EMAIL = 'release@delivery-actions.invalid';

/**
 * Commits what ships, and nothing else, to the release branch of a local repository: `org/actions/<name>@v1` needs the
 * action's folder at the root. The same source gives the same tree and the same commit id, wherever and whenever it is built.
 */
export async function buildReleaseTree({
  root = ROOT,
  repository = join(BUILD, 'release', 'actions.git'),
  ...options
}: Partial<CommitOptions> = {}): Promise<ReleaseTree> {
  const majorTag = majorTagOf(tagOf(root));
  if (!existsSync(join(repository, 'HEAD'))) {
    mkdirSync(repository, { recursive: true });
    await git(repository, ['init', '--quiet', '--bare', '--template=', `--initial-branch=releases/${majorTag}`]);
  }
  const release = await commitRelease({ root, repository, ...options });
  const { tag, commit } = release;
  const branch = `refs/heads/releases/${majorTag}`;
  if (!(await isReleased(repository, commit, [branch, `refs/tags/${tag}`, `refs/tags/${majorTag}`]))) {
    await git(repository, ['update-ref', branch, commit]);
    await git(repository, ['update-ref', `refs/tags/${tag}`, await tagObject(repository, release)]);
    // The moving tag comes last: whoever sees it sees everything that it stands for.
    await git(repository, ['update-ref', `refs/tags/${majorTag}`, commit]);
  }
  return { repository, ...release };
}

/** Writes the tree and the commit of the release that the checkout's package.json names. Throws when the tree may not ship. */
export async function commitRelease({
  root,
  repository,
  actions = actionNames(root),
  budget,
  ...given
}: CommitOptions): Promise<Release> {
  const tag = tagOf(root);
  const source = await sourceOf(root);
  const tree = await writeTree(repository, shippedFiles(root, actions));
  if (source.commit !== undefined) await bring(root, repository, source.commit);
  const previous = 'previous' in given ? given.previous : await previousRelease(repository, tag);
  return commitTree(repository, tree, { tag, source, previous, budget });
}

/** Writes the commit of a release whose tree and source are in the repository. */
export async function commitTree(
  repository: string,
  tree: string,
  { tag, source, previous, budget }: CommitTreeOptions,
): Promise<Release> {
  const parents = [previous, source.commit].filter((parent) => parent !== undefined);
  const commit = text(
    await git(repository, ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], {
      env: identity(source.seconds),
      input: `Release ${tag}\n\nSource-Commit: ${source.name}\n`,
    }),
  );
  const { length: bytes } = await git(repository, ['archive', '--format=tar.gz', commit]);
  checkBudget(bytes, budget);
  const unchanged = previous !== undefined && (await shipsTheSame(repository, `${previous}^{tree}`, tree));
  return { tag, majorTag: majorTagOf(tag), tree, commit, previous, bytes, unchanged };
}

/** The annotated tag as an object that no ref names yet; the same for the same commit. */
export async function tagObject(repository: string, { tag, commit }: Pick<Release, 'tag' | 'commit'>): Promise<string> {
  const seconds = text(await git(repository, ['log', '-1', '--format=%ct', commit]));
  const input = `object ${commit}\ntype commit\ntag ${tag}\ntagger ${AUTHOR} <${EMAIL}> ${seconds} +0000\n\n${tag}\n`;
  return text(await git(repository, ['mktag'], { input }));
}

function identity(seconds: string): Record<string, string> {
  const date = `@${seconds} +0000`;
  return {
    GIT_AUTHOR_NAME: AUTHOR,
    GIT_AUTHOR_EMAIL: EMAIL,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: AUTHOR,
    GIT_COMMITTER_EMAIL: EMAIL,
    GIT_COMMITTER_DATE: date,
  };
}

/** Refs that are right are left alone: several processes may ask for the tree at once, and git locks what it writes. */
async function isReleased(repository: string, commit: string, refs: readonly string[]): Promise<boolean> {
  const found = await git(repository, ['for-each-ref', '--format=%(objectname) %(*objectname)', ...refs]);
  const lines = text(found).split('\n');
  return lines.length === refs.length && lines.every((line) => line.trim().endsWith(commit));
}

/** The tag of the version in the checkout's package.json. */
export function tagOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version?: unknown };
  if (isVersion(version)) return `v${version}`;
  throw new Error(`package.json: version is ${JSON.stringify(version)}; a release is X.Y.Z, at least 1.0.0`);
}

/** The commit that the checkout is at. Also told when there is none, or when the files are not the commit's. */
export async function sourceOf(root: string): Promise<Source> {
  const [commit, seconds] = (await askGit(root, ['log', '-1', '--format=%H %ct']))?.split(' ') ?? [];
  if (commit === undefined || seconds === undefined)
    return { commit: undefined, seconds: '0', name: 'none (not built from a commit)' };
  const changes = await askGit(root, ['status', '--porcelain']);
  return { commit, seconds, name: changes === '' ? commit : `${commit} (with uncommitted changes)` };
}

/** The source commit is a parent, so the repository has to have it, or the commit would have another id here than elsewhere. */
async function bring(root: string, repository: string, commit: string): Promise<void> {
  if (await has(repository, commit)) return;
  const from = (await askGit(root, ['rev-parse', '--path-format=absolute', '--git-common-dir'])) ?? root;
  const quietly = ['--quiet', '--no-tags', '--no-write-fetch-head', '--update-shallow'];
  // Its id alone is refused by default; this checkout is ours.
  const serving = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'uploadpack.allowAnySHA1InWant',
    GIT_CONFIG_VALUE_0: 'true',
  };
  await git(repository, ['fetch', ...quietly, from, commit], { env: serving });
}

async function writeTree(repository: string, files: ReadonlyMap<string, string>): Promise<string> {
  const listed = await git(repository, ['hash-object', '-w', '--no-filters', '--stdin-paths'], {
    input: [...files.values()].map((path) => `${path}\n`).join(''),
  });
  const ids = text(listed).split('\n');
  const place = mkdtempSync(join(tmpdir(), 'release-index-'));
  try {
    const env = { GIT_INDEX_FILE: join(place, 'index') };
    const entries = [...files.keys()].map((path, index) => `100644 ${ids[index]}\t${path}\n`);
    await git(repository, ['update-index', '--add', '--index-info'], { env, input: entries.join('') });
    return text(await git(repository, ['write-tree'], { env }));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The newest release before this one. Building the same release again does not make it its own parent. */
async function previousRelease(repository: string, tag: string): Promise<string | undefined> {
  const tags = text(await git(repository, ['tag', '--list', 'v*.*.*'])).split('\n');
  const before = releaseTags(tags)
    .filter((other) => compareTags(other, tag) < 0)
    .at(-1);
  return before && text(await git(repository, ['rev-parse', `${before}^{commit}`]));
}
