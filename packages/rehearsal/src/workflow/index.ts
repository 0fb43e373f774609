export { runWorkflow } from './run-workflow.ts';
export type * from './types.ts';
export { WorkflowError } from './types.ts';
