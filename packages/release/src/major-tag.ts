import { tagNames } from './preconditions.ts';
import { ROOT } from './project.ts';
import { repositoryOf } from './publish.ts';
import { isRelease, openRemote, type Remote } from './remote.ts';
import { compareTags, isVersion, majorTagOf, releaseTags } from './version.ts';

export interface MoveOptions {
  readonly root?: string;
  readonly remote?: string;
  readonly dryRun?: boolean;
  readonly tell?: (line: string) => void;
}

/** Points the major tag at a published release, forwards or back. */
export async function moveMajorTag(version: string, options: MoveOptions = {}): Promise<void> {
  if (!isVersion(version)) throw new Error(`"${version}" is not a version: expected X.Y.Z, such as 1.2.3`);
  await move(await open(options), `v${version}`, options);
}

/** Points the major tag at the release before the one that it stands for, or at the version that is named. */
export async function rollback(major: string, version: string | undefined, options: MoveOptions = {}): Promise<void> {
  const remote = await open(options);
  const now = remote.commits.get(`refs/tags/${major}`);
  const tags = releaseTags(tagNames(remote.commits.keys())).filter((tag) => majorTagOf(tag) === major);
  const present = tags.find((tag) => remote.commits.get(`refs/tags/${tag}`) === now);
  if (present === undefined && version === undefined)
    throw new Error(
      `${major} at ${remote.name} stands for ${now ?? 'nothing'}, which is no release: name the version to go back to`,
    );
  const target = version === undefined ? tags[tags.indexOf(present ?? '') - 1] : `v${version}`;
  if (target === undefined)
    throw new Error(`${present} is the first release of ${major}: there is nothing to go back to`);
  if (present !== undefined && compareTags(target, present) >= 0)
    throw new Error(`${major} stands for ${present}: ${target} is not before it`);
  await move(remote, target, options);
}

function open({ root = ROOT, remote = 'origin', dryRun = false, tell = console.log }: MoveOptions): Promise<Remote> {
  return openRemote(root, remote, { dryRun, tell });
}

async function move(remote: Remote, tag: string, { root = ROOT, dryRun = false, tell = console.log }: MoveOptions) {
  const major = majorTagOf(tag);
  const ref = `refs/tags/${major}`;
  const branch = `refs/heads/releases/${major}`;
  const [commit, tip] = [remote.commits.get(`refs/tags/${tag}`), remote.commits.get(branch)];
  if (commit === undefined) throw new Error(`there is no release ${tag} at ${remote.name}`);
  if (tip !== undefined) await remote.fetch([branch, `refs/tags/${tag}`]);
  if (tip === undefined || !(await isRelease(await repositoryOf(root), commit, tip)))
    throw new Error(
      `${tag} is ${commit}, which is not on ${branch}: it was not released from here, so ${major} does not move`,
    );
  if (remote.commits.get(ref) === commit) {
    tell(`${major} stands for ${tag} already.`);
    return;
  }
  await remote.push([{ ref, from: remote.objects.get(ref), to: commit, force: true }]);
  tell(dryRun ? 'This was a dry run: nothing was pushed.' : `${major} stands for ${tag}. No other tag has moved.`);
}
