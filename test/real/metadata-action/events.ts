import type { Step } from './both.ts';

export const SHA = '860c1904a1ce19322e91ac35af1ab07466440c37';
export const HEAD_SHA = 'd9012a3b71effa73e76a4f0ce3a9a9c5f21bd3a4';

/** What docker/metadata-action asks its API for, and events have. */
export const REPOSITORY = {
  name: 'Hello-World',
  full_name: 'octocat/Hello-World',
  description: 'A first repository',
  html_url: 'https://github.com/octocat/Hello-World',
  default_branch: 'main',
  license: { spdx_id: 'MIT' },
};

const repository = REPOSITORY;
export const timestamp = '2020-01-10T00:30:00.000Z';
export const pushed = {
  repository,
  base_ref: null,
  head_commit: { id: SHA, timestamp },
  commits: [{ id: SHA, timestamp }],
};
export const pull = {
  repository,
  number: 15,
  pull_request: { number: 15, head: { sha: HEAD_SHA, ref: 'patch-1' }, base: { ref: 'main', sha: SHA } },
};

export type Event = Step['event'];
/** A run of the workflow. */
export const event = (name: string, ref: string, payload: Event['payload']): Event => ({
  name,
  ref,
  sha: SHA,
  payload,
});

export const push = (ref: string): Event => event('push', `refs/${ref}`, pushed);
export const pullRequest = event('pull_request', 'refs/pull/15/merge', pull);
export const pullRequestTarget = event('pull_request_target', 'refs/heads/main', pull);
export const schedule = event('schedule', 'refs/heads/main', { schedule: '0 3 * * *', repository });
export const mergeGroup = event('merge_group', 'refs/heads/gh-readonly-queue/main/pr-15-d9012a3', {
  repository,
  merge_group: { head_sha: SHA, base_ref: 'refs/heads/main', head_commit: { id: SHA, timestamp } },
});
export const workflowRun = event('workflow_run', 'refs/heads/main', {
  repository,
  workflow_run: { event: 'push', head_branch: 'dev', head_sha: HEAD_SHA, head_commit: { id: HEAD_SHA, timestamp } },
});

/** One that nobody has described. */
export const BARE = { ...REPOSITORY, full_name: 'octocat/bare', description: null, license: null };
