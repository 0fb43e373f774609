import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  ACTOR,
  openWorld,
  pushPayload,
  REPOSITORY,
  runWorkflow,
  SCENARIOS,
  substituteFolder,
  substituteNames,
  telemetryEvent,
  type WorkflowOptions,
} from '@delivery-actions/rehearsal';
import { buildReleaseTree, ROOT, resolveAction } from '@delivery-actions/release';
import { git, newFolder } from './copy.ts';

/** The starter workflows, as they are copied. */
export const templates = ['deliver.yml', 'telemetry.yml'].map((name) =>
  readFileSync(join(ROOT, 'workflows-templates', name), 'utf8'),
);

/** Where consumers get the bundle from: a repository on this machine, with this project's release in it. */
export async function remoteWithRelease(): Promise<{ remote: string; commit: string }> {
  const remote = join(newFolder(), 'actions.git');
  const { commit } = await buildReleaseTree({ repository: remote });
  return { remote, commit };
}

/** A repository of a service team with its workflows; answers their files. */
export function consumer(...workflows: readonly string[]): string[] {
  const folder = join(newFolder(), 'checkout-service');
  mkdirSync(join(folder, '.github', 'workflows'), { recursive: true });
  const files = workflows.map((_, index) => join(folder, '.github', 'workflows', `${index}.yml`));
  for (const [index, file] of files.entries()) writeFileSync(file, workflows[index] ?? '');
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '-m', 'Deliver');
  return files;
}

/** Ours as GitHub's runner gets them: whatever the ref stands for at the remote, at this moment. */
export function resolver(remote: string, got: Map<string, string>): WorkflowOptions['resolve'] {
  const place = newFolder();
  return async (uses) => {
    const [, path = '', ref = ''] = /^([^@]+)@(.+)$/.exec(uses) ?? [];
    const [, name] = /^org\/actions\/([\w-]+)$/.exec(path) ?? [];
    if (name !== undefined) {
      const { path: folder, commit } = await resolveAction(remote, name, ref, place);
      got.set(name, commit);
      return { kind: 'javascript', folder };
    }
    return substituteNames().includes(path) ? { kind: 'javascript', folder: substituteFolder(path) } : undefined;
  };
}

/** What the runs of a consumer have in common. */
export const RUN = { runAttempt: 1, runNumber: 1, actor: ACTOR, resolvable: [], node: process.execPath };

/** Runs the consumer's delivery and its telemetry in the rehearsed world; answers what became of them and which commit each action was. */
export async function deliver(
  workflows: readonly string[],
  remote: string,
  extra: Readonly<Record<string, string>> = {},
) {
  const scenario = SCENARIOS[0];
  if (scenario === undefined) throw new Error('there is no scenario');
  await using world = await openWorld(scenario);
  const got = new Map<string, string>();
  const [first = '', second = ''] = consumer(...workflows);
  const options = {
    ...RUN,
    repository: REPOSITORY,
    vars: world.vars,
    secrets: world.secrets,
    environments: world.environments,
    github: { apiUrl: world.github.url, serverUrl: 'https://github.com', token: world.secrets.GITHUB_TOKEN ?? '' },
    resolve: resolver(remote, got),
    checkout: world.repository.folder,
    environment: { ...world.environment, ...extra, PATH: [...world.path, process.env.PATH ?? ''].join(delimiter) },
    signal: new AbortController().signal,
    listener: world.onEvent,
  };
  const event = { sha: world.repository.head, ref: 'refs/heads/main' };
  const delivery = await runWorkflow({
    ...options,
    file: first,
    event: { ...event, name: 'push', payload: pushPayload(world) },
    runId: 1,
    workFolder: join(world.folder, 'deliver'),
  });
  const telemetry = await runWorkflow({
    ...options,
    file: second,
    event: { ...event, name: 'workflow_run', payload: telemetryEvent(world, delivery, 1) },
    runId: 2,
    workFolder: join(world.folder, 'telemetry'),
  });
  const jobs = [...delivery.jobs, ...telemetry.jobs].map(({ id, conclusion }) => `${id} ${conclusion}`);
  return { jobs, got, metrics: world.datadog.series.length };
}
