import type { RunContext } from '@delivery-actions/action-kit';
import type { Git } from './git.ts';
import type { GitRef } from './git-ref.ts';

type Event = Pick<RunContext, 'eventName' | 'payload'>;

/** Events whose runs are always for the default branch (GitHub docs, "Events that trigger workflows"). */
const OF_DEFAULT_BRANCH: readonly string[] = [
  'schedule',
  'discussion',
  'discussion_comment',
  'issues',
  'issue_comment',
];

/** The repository's default branch: the event says it, or is always for it, or git knows it; nobody else is asked. */
export async function defaultBranch({ eventName, payload }: Event, ref: GitRef, git: Git): Promise<string | undefined> {
  const name = text(payload, 'repository', 'default_branch');
  if (name !== undefined) return name;
  if (ref.kind === 'branch' && OF_DEFAULT_BRANCH.includes(eventName)) return ref.name;
  return git.defaultBranch();
}

/** When the commit was made: the event says it of the commit that was pushed or tested, git of any other. */
export async function commitDate({ payload }: Event, commit: string, git: Git): Promise<Date | undefined> {
  for (const path of [['head_commit'], ['workflow_run', 'head_commit'], ['merge_group', 'head_commit']]) {
    const date = new Date(text(payload, ...path, 'timestamp') ?? '');
    if (text(payload, ...path, 'id') === commit && !Number.isNaN(date.getTime())) return date;
  }
  return git.commitDate(commit);
}

/** What a pull request or a merge queue goes to, or the branch that a tag was pushed from; empty when that is not known. */
export function baseRef({ payload }: Event): string {
  const name =
    text(payload, 'pull_request', 'base', 'ref') ??
    text(payload, 'merge_group', 'base_ref') ??
    text(payload, 'base_ref');
  return name?.replace(/^refs\/heads\//, '') ?? '';
}

function text(value: unknown, ...path: readonly string[]): string | undefined {
  let inner = value;
  for (const key of path)
    inner = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined;
  return typeof inner === 'string' && inner !== '' ? inner : undefined;
}
