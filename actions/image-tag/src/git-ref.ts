import type { RunContext } from '@delivery-actions/action-kit';

/** What the commit was reached by. `name` is the branch's, the tag's, or the pull request's number. */
export interface GitRef {
  readonly kind: 'branch' | 'tag' | 'pull request' | 'merge queue' | 'unknown';
  readonly name: string;
}

/** GitHub's own branches for a merge queue (GitHub docs, "Managing a merge queue"). */
const QUEUE = /^gh-readonly-queue\//;

/**
 * The ref that belongs to the run's true commit. GITHUB_REF is the default branch on `workflow_run` and the base branch
 * on `pull_request_target`, so an image of unreviewed code would be tagged as if it came from there.
 */
export function gitRef({ eventName, payload, ref }: Pick<RunContext, 'eventName' | 'payload' | 'ref'>): GitRef {
  if (eventName === 'pull_request' || eventName === 'pull_request_target') {
    const number = payload.number ?? at(payload, 'pull_request', 'number');
    if (typeof number === 'number') return { kind: 'pull request', name: String(number) };
  }
  if (eventName === 'workflow_run') return refOfWorkflowRun(payload.workflow_run);
  const [, heads, tags, pull] = /^refs\/(?:heads\/(.+)|tags\/(.+)|pull\/(\d+)\/.+)$/.exec(ref) ?? [];
  if (heads !== undefined) return branch(heads);
  if (tags !== undefined) return { kind: 'tag', name: tags };
  if (pull !== undefined) return { kind: 'pull request', name: pull };
  return { kind: 'unknown', name: ref };
}

function branch(name: string): GitRef {
  return { kind: QUEUE.test(name) ? 'merge queue' : 'branch', name };
}

/** A pull request's head branch may be a fork's `main`: it never counts as a branch of this repository. */
function refOfWorkflowRun(run: unknown): GitRef {
  const name = at(run, 'head_branch');
  if (`${at(run, 'event')}`.startsWith('pull_request')) {
    const number = at(run, 'pull_requests', '0', 'number');
    return typeof number === 'number'
      ? { kind: 'pull request', name: String(number) }
      : { kind: 'unknown', name: typeof name === 'string' ? name : '' };
  }
  return typeof name === 'string' && name !== '' ? branch(name) : { kind: 'unknown', name: '' };
}

/** `branch "main"`, `pull request 15`, for a sentence. */
export function named({ kind, name }: GitRef): string {
  if (kind === 'pull request') return `pull request ${name}`;
  if (kind !== 'unknown') return `${kind} "${name}"`;
  return name === '' ? 'no branch or tag' : `"${name}", which is no branch or tag of this repository`;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}
