import { parse } from 'yaml';
import { compareTags, isVersion, majorTagOf, releaseTags } from './version.ts';

/** What a release is decided by, read beforehand. */
export interface Situation {
  /** `v1.2.3`, as it was asked for. */
  readonly tag: string;
  readonly branch: string | undefined;
  /** What git says has changed; empty when nothing has. */
  readonly changes: string;
  readonly head: string | undefined;
  readonly remote: string;
  readonly remoteMain: string | undefined;
  /** All that the remote has, with the commits they stand for. */
  readonly refs: ReadonlyMap<string, string>;
  /** The version in package.json. */
  readonly version: unknown;
  readonly changelog: string | undefined;
  /** READMEs whose line to pin an action by is of another version. */
  readonly outdated: readonly string[];
}

/** Why this may not be released: a sentence each, with what to do. Empty when it may. */
export function obstacles(now: Situation): string[] {
  const { tag, remote } = now;
  const version = tag.slice(1);
  if (!isVersion(version)) return [`"${version}" is not a version: a release is X.Y.Z, at least 1.0.0`];
  const found = [
    now.branch !== 'main' && `the checkout is on ${now.branch ?? 'no branch'}: releases are made from main`,
    now.changes !== '' && `the checkout has changes that are not committed:\n${now.changes}`,
    now.head !== now.remoteMain &&
      `HEAD is ${now.head} and main at ${remote} is ${now.remoteMain ?? 'missing'}: push or pull first`,
    now.version !== version &&
      `package.json has version ${JSON.stringify(now.version)}: set it to "${version}" in the commit that is released`,
    now.changelog === undefined && `CHANGELOG.md says nothing under "## ${version}": write what changes for a consumer`,
    now.outdated.length > 0 &&
      `${now.outdated.join(', ')}: the version to pin is not ${tag}: run "npx -y pnpm@12 docs:write" and commit it`,
    ...order(tag, now),
  ];
  return found.filter((each) => each !== false);
}

/** The tags that are there decide which may come next. */
function order(tag: string, { refs, remote }: Situation): (string | false)[] {
  const tags = releaseTags(tagNames(refs.keys()));
  if (refs.has(`refs/tags/${tag}`))
    return [`${tag} is published at ${remote}, and a published tag is never moved: take the next version`];
  const newest = tags.filter((other) => majorTagOf(other) === majorTagOf(tag)).at(-1);
  const last = tags.at(-1);
  const branch = `refs/heads/releases/${majorTagOf(tag)}`;
  const tip = refs.get(branch);
  return [
    newest !== undefined && compareTags(tag, newest) < 0 && `${tag} is older than ${newest}, which is published`,
    newest === undefined &&
      last !== undefined &&
      tag !== `v${major(last) + 1}.0.0` &&
      `${tag} does not follow ${last}: the next major version is ${major(last) + 1}.0.0`,
    refs.has(`refs/heads/${majorTagOf(tag)}`) &&
      `${remote} has a branch called ${majorTagOf(tag)}: consumers of @${majorTagOf(tag)} could get it instead of the tag; delete it`,
    tip !== refs.get(`refs/tags/${newest}`) &&
      `${branch} at ${remote} is ${tip ?? 'missing'} and not ${newest ?? 'absent'}: find out who moved it before anything else`,
  ];
}

export function tagNames(refs: Iterable<string>): string[] {
  return [...refs].filter((ref) => ref.startsWith('refs/tags/')).map((ref) => ref.slice('refs/tags/'.length));
}

/**
 * Consumers of a moving major tag get a release without asking: a runtime that their runners may not have (actions/runner of
 * an older GitHub Enterprise Server) is a new major version.
 * @param before what action.yml of each action says, by the action's name
 */
export function runtimeChanges(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].flatMap(([action, text]) => {
    const now = after.get(action);
    const [was, is] = [text, now ?? text].map((yml) => runtime(yml));
    return was === is ? [] : [`${action} goes from ${was} to ${is}: another runtime is a new major version`];
  });
}

function runtime(actionYml: string): string {
  const { runs } = (parse(actionYml) ?? {}) as { runs?: { using?: unknown } };
  return String(runs?.using);
}

function major(tag: string): number {
  return Number(majorTagOf(tag).slice(1));
}
