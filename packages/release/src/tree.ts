import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askGit, git } from './git.ts';
import { actionNames, BUILD, ROOT } from './project.ts';

export interface ReleaseTree {
  /** A bare git repository with the branch `releases/v1`, the annotated tag and the plain tag of the major version. */
  readonly repository: string;
  /** `v1.0.0` */
  readonly tag: string;
  /** `v1` */
  readonly majorTag: string;
  readonly commit: string;
  /** Size of the `tar.gz` that every job of a consumer downloads. */
  readonly bytes: number;
}

interface TreeOptions {
  /** The checkout that is released. */
  readonly root?: string;
  /** The bare repository to release into; made when it is not there. */
  readonly repository?: string;
  readonly actions?: readonly string[];
}

/** What stands at the root of the tree, beside one folder for each action. */
const ROOT_FILES = ['LICENSE', 'README.md', 'SECURITY.md'] as const;
const AUTHOR = 'Delivery Actions';
const EMAIL = 'release@delivery-actions.invalid';

/**
 * Commits what ships, and nothing else, to the release branch: `org/actions/<name>@v1` needs the action's folder at the
 * root. The same source gives the same tree and the same commit id, wherever and whenever it is built.
 */
export async function buildReleaseTree({
  root = ROOT,
  repository = join(BUILD, 'release', 'actions.git'),
  actions = actionNames(root),
}: TreeOptions = {}): Promise<ReleaseTree> {
  const tag = `v${versionOf(root)}`;
  const majorTag = tag.slice(0, tag.indexOf('.'));
  const branch = `refs/heads/releases/${majorTag}`;
  if (!existsSync(join(repository, 'HEAD'))) {
    mkdirSync(repository, { recursive: true });
    await git(repository, ['init', '--quiet', '--bare', '--template=', `--initial-branch=releases/${majorTag}`]);
  }
  const source = await sourceOf(root);
  const tree = await writeTree(repository, filesOf(root, actions));
  const parents = await present(repository, [await previousRelease(repository, tag), source.commit]);
  const identity = {
    GIT_AUTHOR_NAME: AUTHOR,
    GIT_AUTHOR_EMAIL: EMAIL,
    GIT_AUTHOR_DATE: `@${source.seconds} +0000`,
    GIT_COMMITTER_NAME: AUTHOR,
    GIT_COMMITTER_EMAIL: EMAIL,
    GIT_COMMITTER_DATE: `@${source.seconds} +0000`,
  };
  const commit = text(
    await git(repository, ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], {
      env: identity,
      input: `Release ${tag}\n\nSource-Commit: ${source.name}\n`,
    }),
  );
  if (!(await isReleased(repository, commit, [branch, `refs/tags/${tag}`, `refs/tags/${majorTag}`]))) {
    await git(repository, ['update-ref', branch, commit]);
    await git(repository, ['tag', '--force', '--annotate', '--message', tag, tag, commit], { env: identity });
    // The moving tag comes last: whoever sees it sees everything that it stands for.
    await git(repository, ['update-ref', `refs/tags/${majorTag}`, commit]);
  }
  const { length: bytes } = await git(repository, ['archive', '--format=tar.gz', commit]);
  return { repository, tag, majorTag, commit, bytes };
}

/** Refs that are right are left alone: several processes may ask for the tree at once, and git locks what it writes. */
async function isReleased(repository: string, commit: string, refs: readonly string[]): Promise<boolean> {
  const found = await git(repository, ['for-each-ref', '--format=%(objectname) %(*objectname)', ...refs]);
  const lines = text(found).split('\n');
  return lines.length === refs.length && lines.every((line) => line.trim().endsWith(commit));
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version?: unknown };
  if (typeof version === 'string' && /^[1-9]\d*\.\d+\.\d+$/.test(version)) return version;
  throw new Error(`package.json: version is ${JSON.stringify(version)}; a release is X.Y.Z, at least 1.0.0`);
}

/** The commit that the checkout is at. Also told when there is none, or when the files are not the commit's. */
async function sourceOf(root: string): Promise<{ commit: string | undefined; seconds: string; name: string }> {
  const [commit, seconds] = (await askGit(root, ['log', '-1', '--format=%H %ct']))?.split(' ') ?? [];
  if (commit === undefined || seconds === undefined)
    return { commit: undefined, seconds: '0', name: 'none (not built from a commit)' };
  const changes = await askGit(root, ['status', '--porcelain']);
  return { commit, seconds, name: changes === '' ? commit : `${commit} (with uncommitted changes)` };
}

/** Path in the tree -> file on disk. */
function filesOf(root: string, actions: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of ROOT_FILES) if (existsSync(join(root, name))) files.set(name, join(root, name));
  for (const action of actions) {
    const folder = join(root, 'actions', action);
    if (!existsSync(join(folder, 'dist', 'index.js')))
      throw new Error(`actions/${action} is not bundled: run "pnpm build"`);
    for (const name of ['action.yml', 'README.md'])
      if (existsSync(join(folder, name))) files.set(`${action}/${name}`, join(folder, name));
    if (files.has('LICENSE')) files.set(`${action}/LICENSE`, join(root, 'LICENSE'));
    for (const name of readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const path = join(name.parentPath, name.name);
      files.set(`${action}/${path.slice(folder.length + 1).replaceAll('\\', '/')}`, path);
    }
  }
  return files;
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
  const tags = text(await git(repository, ['tag', '--list', 'v*.*.*', '--sort=version:refname'])).split('\n');
  const before = tags.filter((other) => other !== '' && compareVersions(other, tag) < 0).at(-1);
  return before && text(await git(repository, ['rev-parse', `${before}^{commit}`]));
}

function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.slice(1).split('.').map(Number));
  return [0, 1, 2].map((index) => (a?.[index] ?? 0) - (b?.[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** Those commits that the repository has. */
async function present(repository: string, commits: readonly (string | undefined)[]): Promise<string[]> {
  const found: string[] = [];
  for (const commit of commits) {
    if (commit === undefined) continue;
    const has = await git(repository, ['cat-file', '-e', `${commit}^{commit}`]).then(
      () => true,
      () => false,
    );
    if (has) found.push(commit);
  }
  return found;
}

function text(output: Buffer): string {
  return output.toString('utf8').trim();
}
