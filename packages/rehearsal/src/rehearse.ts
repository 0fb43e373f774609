import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ROOT } from '@delivery-actions/release';
import type { Scenario } from './scenarios.ts';
import { telemetryEvent } from './telemetry-event.ts';
import {
  type ResolvedAction,
  runWorkflow,
  type WorkflowEvent,
  type WorkflowOptions,
  type WorkflowResult,
} from './workflow/index.ts';
import { REPOSITORY } from './world/names.ts';
import { substituteFolder, substituteNames } from './world/substitutes.ts';
import { ACTOR, GITHUB_TOKEN, openWorld, type World } from './world/world.ts';

export interface Rehearsal {
  readonly scenario: Scenario;
  readonly delivery: WorkflowResult;
  /** The workflow that runs when the delivery has ended, whatever its verdict. */
  readonly telemetry: WorkflowResult;
  /** Names of the metrics that the backend has taken. */
  readonly metrics: readonly string[];
}

export interface Audience {
  /** What is being prepared, for a person who waits. */
  readonly tell: (line: string) => void;
  readonly watch: (event: WorkflowEvent) => void;
  readonly signal: AbortSignal;
}

const RUN_ID = 4711;
/** As they are copied; a message about one names the file that there is to change. */
const TEMPLATES = join(ROOT, 'workflows-templates');

/** Delivers one commit of the rehearsed service from push to telemetry. Everything that it starts has ended when it answers. */
export async function rehearse(scenario: Scenario, { tell, watch, signal }: Audience): Promise<Rehearsal> {
  await using world = await openWorld(scenario, tell);
  signal.throwIfAborted();
  const options = await runnerOf(world, signal);
  const { head } = world.repository;

  tell(`deliver ${REPOSITORY} ${head.slice(0, 12)} on push to main, with org/actions ${world.releaseTag}`);
  const delivery = await runWorkflow({
    ...options,
    file: join(TEMPLATES, 'deliver.yml'),
    event: { name: 'push', sha: head, ref: 'refs/heads/main', payload: pushPayload(world) },
    runId: RUN_ID,
    workFolder: await made(join(world.folder, 'deliver')),
    listener: (event) => {
      world.onEvent(event);
      watch(event);
    },
  });
  signal.throwIfAborted();

  tell(`telemetry of that run, on workflow_run`);
  const telemetry = await runWorkflow({
    ...options,
    file: join(TEMPLATES, 'telemetry.yml'),
    event: {
      name: 'workflow_run',
      sha: head,
      ref: 'refs/heads/main',
      payload: telemetryEvent(world, delivery, RUN_ID),
    },
    runId: RUN_ID + 1,
    workFolder: await made(join(world.folder, 'telemetry')),
    listener: watch,
  });
  signal.throwIfAborted();
  return { scenario, delivery, telemetry, metrics: world.datadog.series.map(({ metric }) => metric) };
}

type RunnerOptions = Omit<WorkflowOptions, 'file' | 'event' | 'runId' | 'workFolder' | 'listener'>;

async function runnerOf(world: World, signal: AbortSignal): Promise<RunnerOptions> {
  return {
    repository: REPOSITORY,
    runAttempt: 1,
    runNumber: 1,
    actor: ACTOR,
    vars: world.vars,
    secrets: world.secrets,
    environments: world.environments,
    github: { apiUrl: world.github.url, serverUrl: 'https://github.com', token: GITHUB_TOKEN },
    resolve: (uses) => resolve(uses, world),
    resolvable: [
      ...world.actions.map((name) => `org/actions/${name}@${world.releaseTag}`),
      ...substituteNames().map((name) => `${name}@<sha>`),
    ],
    checkout: world.repository.folder,
    environment: { ...world.environment, PATH: [...world.path, process.env.PATH ?? ''].join(delimiter) },
    node: process.execPath,
    signal,
  };
}

/** Ours come from the release tree by its tag; the declared third parties have substitutes; nothing else is known. */
function resolve(uses: string, world: World): ResolvedAction | undefined {
  const [, path = '', ref] = /^([^@]+)@(.+)$/.exec(uses) ?? [];
  const [, ours] = /^org\/actions\/([\w-]+)$/.exec(path) ?? [];
  if (ours !== undefined)
    return ref === world.releaseTag && world.actions.includes(ours)
      ? { kind: 'javascript', folder: join(world.release, ours) }
      : undefined;
  return substituteNames().includes(path) ? { kind: 'javascript', folder: substituteFolder(path) } : undefined;
}

export function pushPayload({ repository: { head, released } }: World): object {
  const [owner, name] = REPOSITORY.split('/');
  return {
    ref: 'refs/heads/main',
    before: released,
    after: head,
    repository: {
      name,
      full_name: REPOSITORY,
      default_branch: 'main',
      html_url: `https://github.com/${REPOSITORY}`,
      owner: { login: owner },
    },
    head_commit: { id: head, message: 'Release 1.5.0' },
    sender: { login: ACTOR },
  };
}

async function made(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}
