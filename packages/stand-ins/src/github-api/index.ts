export type { JobRecord, RunRecording, StepRecord, WorkflowRunRecord } from './records.ts';
export type { WorkflowRunEvent } from './resources.ts';
export { type GitHubApiOptions, type GitHubApiStandIn, startGitHubApi } from './server.ts';
