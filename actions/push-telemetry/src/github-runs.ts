import type { Job } from './attempt.ts';
import type { WorkflowRun } from './workflow-run.ts';

/** GitHub did not answer, or not what was asked for. The message is for the reader. */
export class GitHubTrouble extends Error {
  override readonly name = 'GitHubTrouble';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** What is asked of GitHub. Each call may throw a GitHubTrouble. */
export interface GitHubRuns {
  /** The jobs that GitHub shows for that attempt, carried-over ones included. */
  jobs(run: Pick<WorkflowRun, 'id' | 'attempt'>): Promise<readonly Job[]>;
  /** Undefined when GitHub has no such attempt (any more). */
  attempt(run: Pick<WorkflowRun, 'id' | 'attempt'>): Promise<WorkflowRun | undefined>;
  /** Every run of the repository, newest first, page by page. */
  pages(): AsyncIterable<readonly WorkflowRun[]>;
}
