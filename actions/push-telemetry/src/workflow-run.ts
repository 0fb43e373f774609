import type { RunFields } from './github-schema.ts';

/** One attempt of a workflow's run. Times are milliseconds since 1970. */
export interface WorkflowRun {
  readonly id: number;
  /** The number that people see, as in `deliver #12`. */
  readonly number: number;
  readonly attempt: number;
  /** `owner/name` */
  readonly repository: string;
  readonly workflow: { readonly id: number; readonly name: string; readonly path: string };
  /** What started the run: `push`, `schedule`, ... */
  readonly event: string;
  /** As GitHub names it; `unknown` while it names none. */
  readonly conclusion: string;
  /** The branch, or what stands for it: see `branchOf`. */
  readonly branch: string;
  /** The run is of a fork's commit, whose owner chooses the names. */
  readonly fork: boolean;
  readonly commit: string;
  /** Start of this attempt. */
  readonly startedAt: number;
  /** Creation of the first attempt. */
  readonly createdAt: number;
  /** Moves after the end too, so it is an upper bound of the end and nothing more. */
  readonly updatedAt: number;
  readonly url: string;
}

/** A run of the repository `own`, from what the event or the API says of it. */
export function workflowRun(run: RunFields, own: string): WorkflowRun {
  const path = (run.path ?? '').replace(/@.*$/, '');
  const home = run.repository?.full_name ?? own;
  const head = run.head_repository === undefined ? home : run.head_repository?.full_name;
  const fork = head?.toLowerCase() !== home.toLowerCase();
  return {
    id: run.id,
    number: run.run_number,
    attempt: run.run_attempt,
    repository: home,
    workflow: { id: run.workflow_id, name: run.name || path || String(run.workflow_id), path },
    event: run.event,
    conclusion: run.conclusion || 'unknown',
    branch: branchOf(run.head_branch, fork),
    fork,
    commit: run.head_sha,
    startedAt: run.run_started_at ?? run.created_at,
    createdAt: run.created_at,
    updatedAt: run.updated_at,
    url: run.html_url,
  };
}

/**
 * A fork's `main` is not this repository's `main`, and its owner could choose any name, so every fork is `fork`. A merge
 * queue makes a branch for each pull request, named after a commit; all of one target branch are one. A run without a
 * branch is `none`.
 */
function branchOf(branch: string | null | undefined, fork: boolean): string {
  if (fork) return 'fork';
  return (branch ?? '').replace(/^(gh-readonly-queue\/.+)\/pr-\d+-[0-9a-f]{40}$/, '$1') || 'none';
}
