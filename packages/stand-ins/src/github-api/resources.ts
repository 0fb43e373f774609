import type { JobRecord, StepRecord, WorkflowRunRecord } from './records.ts';

/** Where the stand-in's answers say that things are. */
export interface Place {
  /** `owner/name` */
  readonly repository: string;
  /** The API's own address, which GitHub repeats in every answer. */
  readonly apiUrl: string;
  /** `https://github.com` */
  readonly serverUrl: string;
}

export interface FullStep {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly number: number;
  readonly started_at: string | null;
  readonly completed_at: string | null;
}

export interface FullJob {
  readonly id: number;
  readonly run_attempt: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly steps: readonly FullStep[];
  readonly [field: string]: unknown;
}

export interface FullRun {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly workflow_id: number;
  readonly run_number: number;
  readonly run_attempt: number;
  readonly event: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly head_branch: string | null;
  readonly head_sha: string;
  readonly display_title: string;
  readonly run_started_at: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly html_url: string;
  readonly [field: string]: unknown;
}

/** The webhook's body on `workflow_run: completed`. */
export interface WorkflowRunEvent {
  readonly action: 'completed';
  readonly workflow: { readonly id: number; readonly name: string; readonly path: string; readonly state: 'active' };
  readonly workflow_run: FullRun;
  readonly repository: Readonly<Record<string, unknown>>;
  readonly sender: Readonly<Record<string, unknown>>;
}

/** Every field that GitHub gives, in its order; the shape is checked against recorded answers. */
export function fullRun(record: WorkflowRunRecord, jobs: readonly JobRecord[], place: Place): FullRun {
  const { id, name, head_sha: sha, run_started_at: started } = record;
  const attempt = record.run_attempt ?? 1;
  const workflow = record.workflow_id ?? numberOf(`workflow ${name}`);
  const suite = numberOf(`suite ${id}`);
  const repo = `${place.apiUrl}/repos/${place.repository}`;
  const run = `${repo}/actions/runs/${id}`;
  const actor = account('octocat', 'User', place);
  const title = record.display_title ?? name;
  return {
    id,
    name,
    node_id: nodeId('WFR', id),
    head_branch: record.head_branch,
    head_sha: sha,
    path: record.path ?? `.github/workflows/${name}.yml`,
    display_title: title,
    run_number: record.run_number ?? 1,
    event: record.event ?? 'push',
    status: record.status ?? 'completed',
    conclusion: record.conclusion,
    workflow_id: workflow,
    check_suite_id: suite,
    check_suite_node_id: nodeId('CS', suite),
    url: run,
    html_url: `${place.serverUrl}/${place.repository}/actions/runs/${id}`,
    pull_requests: [],
    created_at: record.created_at ?? started,
    updated_at: record.updated_at ?? lastEnd(jobs) ?? started,
    actor,
    run_attempt: attempt,
    referenced_workflows: [],
    run_started_at: started,
    triggering_actor: actor,
    jobs_url: `${run}/jobs`,
    logs_url: `${run}/logs`,
    check_suite_url: `${repo}/check-suites/${suite}`,
    artifacts_url: `${run}/artifacts`,
    cancel_url: `${run}/cancel`,
    rerun_url: `${run}/rerun`,
    previous_attempt_url: attempt > 1 ? `${run}/attempts/${attempt - 1}` : null,
    workflow_url: `${repo}/actions/workflows/${workflow}`,
    head_commit: {
      id: sha,
      tree_id: sha,
      message: title,
      timestamp: started,
      author: { name: 'Octo Cat', email: 'octocat@example.com' },
      committer: { name: 'Octo Cat', email: 'octocat@example.com' },
    },
    repository: repositoryOf(place.repository, place),
    head_repository: repositoryOf(record.head_repository ?? place.repository, place),
  };
}

export function fullJob(record: JobRecord, index: number, run: FullRun, place: Place): FullJob {
  const id = record.id ?? numberOf(`job ${run.id} ${run.run_attempt} ${index}`);
  const repo = `${place.apiUrl}/repos/${place.repository}`;
  return {
    id,
    run_id: run.id,
    workflow_name: run.name,
    head_branch: run.head_branch,
    run_url: `${repo}/actions/runs/${run.id}`,
    run_attempt: run.run_attempt,
    node_id: nodeId('CR', id),
    head_sha: run.head_sha,
    url: `${repo}/actions/jobs/${id}`,
    html_url: `${run.html_url}/job/${id}`,
    status: record.status ?? 'completed',
    conclusion: record.conclusion,
    created_at: record.created_at ?? record.started_at ?? run.run_started_at,
    started_at: record.started_at,
    completed_at: record.completed_at,
    name: record.name,
    steps: (record.steps ?? []).map(fullStep),
    check_run_url: `${repo}/check-runs/${id}`,
    labels: record.labels ?? ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'GitHub Actions 1',
    runner_group_id: 0,
    runner_group_name: 'GitHub Actions',
  };
}

export function workflowRunEvent(run: FullRun, place: Place): WorkflowRunEvent {
  return {
    action: 'completed',
    workflow: { id: run.workflow_id, name: run.name, path: run.path, state: 'active' },
    workflow_run: run,
    repository: repositoryOf(place.repository, place),
    sender: account('octocat', 'User', place),
  };
}

function fullStep(step: StepRecord, index: number): FullStep {
  return {
    name: step.name,
    status: step.status ?? 'completed',
    conclusion: step.conclusion,
    number: step.number ?? index + 1,
    started_at: step.started_at,
    completed_at: step.completed_at,
  };
}

function lastEnd(jobs: readonly JobRecord[]): string | undefined {
  return jobs
    .map((job) => job.completed_at)
    .filter((end) => end !== null)
    .sort()
    .at(-1);
}

function repositoryOf(repository: string, place: Place): Record<string, unknown> {
  const [owner = '', name = ''] = repository.split('/');
  const id = numberOf(repository);
  const url = `${place.apiUrl}/repos/${repository}`;
  const links = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => link(url, path)));
  return {
    id,
    node_id: nodeId('R', id),
    name,
    full_name: repository,
    private: false,
    owner: account(owner, 'Organization', place),
    html_url: `${place.serverUrl}/${repository}`,
    description: null,
    fork: repository !== place.repository,
    url,
    ...links(REPOSITORY_LINKS),
  };
}

/** `path` or `field=path`: the field is `<last name>_url` unless given. */
const REPOSITORY_LINKS = [
  ...[
    'forks',
    'keys{/key_id}',
    'collaborators{/collaborator}',
    'teams',
    'hooks',
    'issue_events=issues/events{/number}',
  ],
  ...['events', 'assignees{/user}', 'branches{/branch}', 'tags', 'blobs=git/blobs{/sha}', 'git_tags=git/tags{/sha}'],
  ...['git_refs=git/refs{/sha}', 'trees=git/trees{/sha}', 'statuses/{sha}', 'languages', 'stargazers', 'contributors'],
  ...['subscribers', 'subscription', 'commits{/sha}', 'git_commits=git/commits{/sha}', 'comments{/number}'],
  ...['issue_comment=issues/comments{/number}', 'contents/{+path}', 'compare/{base}...{head}', 'merges'],
  ...['archive={archive_format}{/ref}', 'downloads', 'issues{/number}', 'pulls{/number}', 'milestones{/number}'],
  ...['notifications{?since,all,participating}', 'labels{/name}', 'releases{/id}', 'deployments'],
];

function link(base: string, entry: string): [string, string] {
  const [field = '', path = field] = entry.split('=');
  return [`${/^\w+/.exec(field)?.[0]}_url`, `${base}/${path}`];
}

function account(login: string, type: 'User' | 'Organization', { apiUrl, serverUrl }: Place): Record<string, unknown> {
  const id = numberOf(login);
  const url = `${apiUrl}/users/${login}`;
  return {
    login,
    id,
    node_id: nodeId(type === 'User' ? 'U' : 'O', id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `${serverUrl}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** The same text gives the same number, so an answer does not change from one request to the next. */
function numberOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_000_007;
  return hash;
}

function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(`${kind}${id}`).toString('base64url')}`;
}
