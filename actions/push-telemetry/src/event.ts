import { type RunContext, UserError } from '@delivery-actions/action-kit';
import { type WorkflowRun, workflowRun } from './workflow-run.ts';

const HOW_TO_START = 'start the workflow with\non:\n  workflow_run:\n    workflows: [deliver]\n    types: [completed]';

/** The run that the event is about; throws a UserError when the event is another one. */
export async function completedRun({ eventName, payload, repository }: RunContext): Promise<WorkflowRun> {
  if (eventName !== 'workflow_run')
    throw new UserError(
      `This job was started by "${eventName}": push-telemetry reports on a finished run, and only workflow_run names one.`,
      { hint: HOW_TO_START },
    );
  if (typeof payload.action === 'string' && payload.action !== 'completed')
    throw new UserError(`This job was started by workflow_run "${payload.action}", before the run had ended.`, {
      hint: HOW_TO_START,
    });
  const { readEvent, UnknownShape } = await import('./github-schema.ts');
  try {
    const { workflow, workflow_run: run } = readEvent(payload);
    // `name` of the run is the workflow's `run-name` where there is one, and every run may have another.
    const name = workflow?.name || run.name;
    return workflowRun({ ...run, name, path: run.path ?? workflow?.path }, repository);
  } catch (error) {
    if (!(error instanceof UnknownShape)) throw error;
    throw new UserError(`The event's payload is not a workflow_run as GitHub sends it:\n${error.message}`, {
      hint: 'does a step of this job write to the file that GITHUB_EVENT_PATH names?',
    });
  }
}
