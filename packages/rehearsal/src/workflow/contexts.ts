import { arch, platform } from 'node:os';
import { join } from 'node:path';
import type { Variables, WorkflowOptions } from './types.ts';

/** Where a job works, laid out as on a hosted runner. */
export interface JobFolders {
  /** `RUNNER_WORKSPACE`: the folder around the workspace. */
  readonly around: string;
  readonly workspace: string;
  readonly temp: string;
  readonly tools: string;
  readonly eventFile: string;
}

export function jobFolders(workFolder: string, repository: string): JobFolders {
  const name = repository.slice(repository.indexOf('/') + 1);
  const around = join(workFolder, name);
  const temp = join(workFolder, '_temp');
  return {
    around,
    workspace: join(around, name),
    temp,
    tools: join(workFolder, '_tool'),
    eventFile: join(temp, '_github_workflow', 'event.json'),
  };
}

/** A part of an event's payload, if it is there. */
type Payload = { readonly [key: string]: Payload } | undefined;

/** `github` as far as it is the same for all jobs of a run. */
export function githubContext(
  options: WorkflowOptions,
  workflow: { name: string; path: string },
): Record<string, unknown> {
  const { event, repository, github } = options;
  const payload = event.payload as Payload;
  const pull = payload?.pull_request;
  const [, refType = '', refName = ''] = /^refs\/(heads|tags|pull)\/(.*)$/.exec(event.ref) ?? [];
  const serverUrl = github?.serverUrl ?? 'https://github.com';
  const apiUrl = github?.apiUrl ?? 'https://api.github.com';
  return {
    token: github?.token ?? '',
    ref: event.ref,
    ref_name: refName || event.ref,
    ref_type: refType === 'tags' ? 'tag' : 'branch',
    ref_protected: false,
    sha: event.sha,
    repository,
    repository_owner: repository.slice(0, repository.indexOf('/')),
    repository_id: String(payload?.repository?.id ?? 0),
    repository_owner_id: String(payload?.repository?.owner?.id ?? 0),
    repositoryUrl: `git://${serverUrl.replace(/^https?:\/\//, '')}/${repository}.git`,
    run_id: String(options.runId),
    run_number: String(options.runNumber),
    run_attempt: String(options.runAttempt),
    retention_days: '90',
    actor: options.actor,
    actor_id: String(payload?.sender?.id ?? 0),
    triggering_actor: options.actor,
    workflow: workflow.name,
    workflow_ref: `${repository}/${workflow.path}@${event.ref}`,
    workflow_sha: event.sha,
    head_ref: pull ? String(pull.head?.ref ?? '') : '',
    base_ref: pull ? String(pull.base?.ref ?? '') : '',
    event_name: event.name,
    event: event.payload,
    server_url: serverUrl,
    api_url: apiUrl,
    graphql_url: apiUrl.endsWith('/api/v3') ? apiUrl.replace(/\/v3$/, '/graphql') : `${apiUrl}/graphql`,
    secret_source: 'Actions',
  };
}

const SYSTEMS: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'X64', arm64: 'ARM64', arm: 'ARM', ia32: 'X86' };

export function runnerContext(folders: JobFolders, debug: boolean): Record<string, string> {
  return {
    os: SYSTEMS[platform()] ?? 'Linux',
    arch: PROCESSORS[arch()] ?? 'X64',
    name: 'Rehearsal',
    environment: 'github-hosted',
    temp: folders.temp,
    tool_cache: folders.tools,
    workspace: folders.around,
    ...(debug && { debug: '1' }),
  };
}

/** What the runner hands on of `github`: its GitHubContext.cs. */
const GITHUB_VARIABLES: readonly string[] = [
  ...['action', 'action_ref', 'action_repository', 'actor', 'actor_id', 'api_url', 'base_ref', 'event_name'],
  ...['event_path', 'graphql_url', 'head_ref', 'job', 'ref', 'ref_name', 'ref_protected', 'ref_type', 'repository'],
  ...['repository_id', 'repository_owner', 'repository_owner_id', 'retention_days', 'run_attempt', 'run_id'],
  ...['run_number', 'server_url', 'sha', 'triggering_actor', 'workflow', 'workflow_ref', 'workflow_sha', 'workspace'],
  ...['env', 'output', 'path', 'state', 'step_summary'],
];

/** `GITHUB_*` and `RUNNER_*` of a step. */
export function runnerVariables(github: Readonly<Record<string, unknown>>, runner: Variables): Record<string, string> {
  const variables: Record<string, string> = { GITHUB_ACTIONS: 'true' };
  for (const name of GITHUB_VARIABLES) {
    const value = github[name];
    if (value !== undefined && value !== null) variables[`GITHUB_${name.toUpperCase()}`] = String(value);
  }
  for (const [name, value] of Object.entries(runner)) variables[`RUNNER_${name.toUpperCase()}`] = value;
  return variables;
}
