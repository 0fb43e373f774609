import type { WorkflowResult } from './workflow/index.ts';
import type { World } from './world/world.ts';

/** Puts the rehearsed run where the GitHub API answers from, and answers the event that its end would send. */
export function telemetryEvent({ github, repository }: World, run: WorkflowResult, id: number): unknown {
  return github.recordRun({
    run: {
      id,
      name: run.name,
      conclusion: run.conclusion,
      head_branch: 'main',
      head_sha: repository.head,
      run_started_at: run.startedAt,
    },
    jobs: run.jobs.map((job) => ({
      name: job.name,
      conclusion: job.conclusion,
      started_at: job.startedAt,
      completed_at: job.completedAt,
      labels: job.runsOn,
      steps: job.steps.map((step) => ({
        name: step.name,
        conclusion: step.conclusion,
        started_at: step.startedAt,
        completed_at: step.completedAt,
      })),
    })),
  });
}
