/** Runs as GitHub starts them: the parts of its webhook payloads that say which commit and ref a run is about. */
const HEAD = '3370e228f2209994d57af4427fe64e71bb79ac96';
const MERGE = 'a9c8c5828b91be19d9728548b24759e352367ef1';
const DEFAULT_BRANCH = '266574110acf203503badf966df2ea24b5d732d7';

const repository = {
  name: 'checkout-service',
  full_name: 'acme/checkout-service',
  html_url: 'https://github.com/acme/checkout-service',
  description: 'Takes orders',
  default_branch: 'main',
  license: { key: 'apache-2.0', spdx_id: 'Apache-2.0' },
};

export function push(ref: string, sha = DEFAULT_BRANCH) {
  return { name: 'push', ref, sha, payload: { ref, after: sha, repository } };
}

/** GITHUB_SHA is a merge that exists only for this run. */
export const pullRequest = {
  name: 'pull_request',
  ref: 'refs/pull/15/merge',
  sha: MERGE,
  payload: {
    action: 'synchronize',
    number: 15,
    pull_request: {
      number: 15,
      merge_commit_sha: MERGE,
      head: { ref: 'feature/refunds', sha: HEAD },
      base: { ref: 'main', sha: DEFAULT_BRANCH },
    },
    repository,
  },
};

/** GITHUB_SHA and GITHUB_REF are those of the base branch. */
export const pullRequestTarget = {
  ...pullRequest,
  name: 'pull_request_target',
  ref: 'refs/heads/main',
  sha: DEFAULT_BRANCH,
};

/** GITHUB_SHA and GITHUB_REF are those of the default branch, whatever ran before. */
export function workflowRun(run: Readonly<Record<string, unknown>> = {}) {
  return {
    name: 'workflow_run',
    ref: 'refs/heads/main',
    sha: DEFAULT_BRANCH,
    payload: {
      action: 'completed',
      workflow_run: {
        id: 4711,
        name: 'test',
        event: 'push',
        head_branch: 'release/2026-11',
        head_sha: HEAD,
        conclusion: 'success',
        pull_requests: [],
        ...run,
      },
      repository,
    },
  };
}

export const mergeGroup = {
  name: 'merge_group',
  ref: 'refs/heads/gh-readonly-queue/main/pr-104-5f3331d7f7044c18ca9f12c77d961c4d7cf3276a',
  sha: HEAD,
  payload: {
    action: 'checks_requested',
    merge_group: {
      head_sha: HEAD,
      head_ref: 'refs/heads/gh-readonly-queue/main/pr-104-5f3331d7f7044c18ca9f12c77d961c4d7cf3276a',
      base_ref: 'refs/heads/main',
    },
    repository,
  },
};

export const commits = { HEAD, MERGE, DEFAULT_BRANCH };
