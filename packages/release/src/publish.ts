import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesOf } from './changelog.ts';
import { askGit, git, text } from './git.ts';
import { obstacles, runtimeChanges, tagNames } from './preconditions.ts';
import { actionNames, ROOT } from './project.ts';
import { type Rebuild, rebuilt } from './rebuild.ts';
import { type Change, openRemote, type Remote } from './remote.ts';
import { PIN } from './tables.ts';
import { commitTree, type Release, sourceOf, tagObject } from './tree.ts';
import { compareTags, majorTagOf, releaseTags } from './version.ts';

export interface PublishOptions {
  /** `1.2.3` */
  readonly version: string;
  readonly root?: string;
  /** A remote of the checkout, or an address. */
  readonly remote?: string;
  /** Tell every command that would change the remote, and run none of them. */
  readonly dryRun?: boolean;
  /** Leave the major tag where it is: it is moved when the release has been tried out. */
  readonly hold?: boolean;
  readonly rebuild?: Rebuild;
  readonly tell?: (line: string) => void;
}

/**
 * Releases the commit that main is at: branch and version tag in one transaction, the major tag last. Throws, with nothing
 * moved, when a precondition does not hold or a step fails.
 */
export async function publish({
  version,
  root = ROOT,
  remote: name = 'origin',
  dryRun = false,
  hold = false,
  rebuild,
  tell = console.log,
}: PublishOptions): Promise<Release> {
  const tag = `v${version}`;
  const remote = await openRemote(root, name, { dryRun, tell });
  const repository = await repositoryOf(root);
  const found = obstacles({
    tag,
    branch: await askGit(root, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
    changes: (await askGit(root, ['status', '--porcelain'])) ?? '',
    head: await askGit(root, ['rev-parse', 'HEAD']),
    remote: name,
    remoteMain: remote.commits.get('refs/heads/main'),
    refs: remote.commits,
    version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version?: unknown }).version,
    changelog: changesIn(root, version),
    outdated: outdatedPins(root, tag),
  });
  refuse(tag, found);
  const release = await prepare(root, repository, remote, tag, rebuild);
  tell(`${tag}  commit ${release.commit}  tree ${release.tree}  ${(release.bytes / 1_000).toFixed(0)} KB as tar.gz`);
  await push(remote, release, await tagObject(repository, release), hold);
  if (dryRun) tell('This was a dry run: nothing was pushed.');
  else if (hold) tell(`${tag} is out and ${release.majorTag} has not moved: "pnpm release:move ${version}" does that.`);
  else tell(`${tag} is out, and ${release.majorTag} stands for it.`);
  return release;
}

/** The repository that a checkout belongs to, which for a worktree is not in its folder. */
export async function repositoryOf(root: string): Promise<string> {
  const repository = await askGit(root, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  if (repository === undefined) throw new Error(`${root} is not a git repository`);
  return repository;
}

/** Builds the commit in a new folder and writes the release into the checkout's repository, where no ref names it yet. */
async function prepare(
  root: string,
  repository: string,
  remote: Remote,
  tag: string,
  rebuild: Rebuild | undefined,
): Promise<Release> {
  const before = releaseTags(tagNames(remote.commits.keys()))
    .filter((other) => compareTags(other, tag) < 0)
    .at(-1);
  if (before !== undefined) await remote.fetch([`refs/tags/${before}`]);
  const previous = before && remote.commits.get(`refs/tags/${before}`);
  const source = await sourceOf(root);
  const from = { repository, source: source.name, tag, ...(rebuild && { rebuild }) };
  const tree = await rebuilt(from, async (built) => {
    await git(repository, [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--update-shallow',
      built,
      `refs/tags/${tag}`,
    ]);
    return text(await git(built, ['rev-parse', `refs/tags/${tag}^{tree}`]));
  });
  const release = await commitTree(repository, tree, { tag, source, previous });
  if (release.unchanged) throw new Error(`nothing to release: ${tag} would ship the same as ${before}`);
  if (before !== undefined && previous !== undefined && majorTagOf(before) === majorTagOf(tag))
    refuse(tag, runtimeChanges(await contracts(repository, previous), await contracts(repository, release.commit)));
  return release;
}

async function push(remote: Remote, release: Release, tag: string, hold: boolean): Promise<void> {
  const change = (ref: string, to: string): Change => ({ ref, from: remote.objects.get(ref), to });
  const first = [
    change(`refs/heads/releases/${release.majorTag}`, release.commit),
    change(`refs/tags/${release.tag}`, tag),
  ];
  await remote.push(first);
  if (hold) return;
  try {
    // Last: whoever sees the major tag sees everything that it stands for.
    await remote.push([{ ...change(`refs/tags/${release.majorTag}`, release.commit), force: true }]);
  } catch (error) {
    // Seconds old and announced to nobody; without this, the version would be used up.
    const back = first.map(({ ref, from, to }) => ({ ref, from: to, to: from, force: true }));
    await remote.push(back).catch((cause) => {
      throw new AggregateError(
        [error, cause],
        `${release.majorTag} could not be moved (${words(error)}), and ${release.tag} and its branch could not be taken back (${words(cause)}): ${release.tag} is out, ${release.majorTag} is what it was`,
      );
    });
    throw new Error(`${release.majorTag} could not be moved, so nothing is released: ${words(error)}`, {
      cause: error,
    });
  }
}

/** action.yml of every action in a release, by the action's name. */
async function contracts(repository: string, commit: string): Promise<Map<string, string>> {
  const paths = text(await git(repository, ['ls-tree', '-r', '--name-only', commit])).split('\n');
  const found = new Map<string, string>();
  for (const path of paths.filter((each) => /^[^/]+\/action\.yml$/.test(each)))
    found.set(path.split('/')[0] ?? '', text(await git(repository, ['cat-file', 'blob', `${commit}:${path}`])));
  return found;
}

function changesIn(root: string, version: string): string | undefined {
  const file = join(root, 'CHANGELOG.md');
  return existsSync(file) ? changesOf(readFileSync(file, 'utf8'), version) : undefined;
}

/** The READMEs are rewritten when the version is set; a release that names another one to pin would ship that forever. */
function outdatedPins(root: string, tag: string): string[] {
  return actionNames(root)
    .map((action) => `actions/${action}/README.md`)
    .filter((path) => existsSync(join(root, path)))
    .filter((path) => [...readFileSync(join(root, path), 'utf8').matchAll(PIN)].some(([, pinned]) => pinned !== tag));
}

function refuse(tag: string, found: readonly string[]): void {
  if (found.length > 0) throw new Error(`${tag} is not released:\n${found.map((each) => `  ${each}`).join('\n')}`);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
