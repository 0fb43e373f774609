import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
import { actionNames, buildReleaseTree, ROOT, resolveAction } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { git, newFolder } from './copy.ts';

const OURS = /org\/actions\/([\w-]+)@v1\b/g;
const templates = ['deliver.yml', 'telemetry.yml'].map((name) =>
  readFileSync(join(ROOT, 'workflows-templates', name), 'utf8'),
);

/** Where consumers get the bundle from: a repository on this machine, with this project's release in it. */
async function remoteWithRelease(): Promise<{ remote: string; commit: string }> {
  const remote = join(newFolder(), 'actions.git');
  const { commit } = await buildReleaseTree({ repository: remote });
  return { remote, commit };
}

/** What ships, as a next version in which image-tag says that it is another one. */
async function nextRelease(remote: string): Promise<{ tag: string; commit: string }> {
  const root = join(newFolder(), 'next');
  const files = actionNames().flatMap((name) =>
    ['action.yml', 'README.md', 'dist'].map((file) => `actions/${name}/${file}`),
  );
  for (const file of ['LICENSE', 'README.md', 'SECURITY.md', ...files])
    cpSync(join(ROOT, file), join(root, file), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const [major, minor] = version.split('.').map(Number);
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: `${major}.${(minor ?? 0) + 1}.0` }));
  const bundle = join(root, 'actions/image-tag/dist/index.js');
  writeFileSync(bundle, `console.log('this is another release');\n${readFileSync(bundle, 'utf8')}`);
  return buildReleaseTree({ root, repository: remote });
}

/** A repository of a service team with its workflows; answers their files. */
function consumer(...workflows: readonly string[]): string[] {
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
function resolver(remote: string, got: Map<string, string>): WorkflowOptions['resolve'] {
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

/** What the runs of this test have in common. */
const RUN = { runAttempt: 1, runNumber: 1, actor: ACTOR, resolvable: [], node: process.execPath };

/** Runs the consumer's delivery and its telemetry in the rehearsed world; answers what became of them and which commit each action was. */
async function deliver(workflows: readonly string[], remote: string) {
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
    environment: { ...world.environment, PATH: [...world.path, process.env.PATH ?? ''].join(delimiter) },
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

/** One job that derives a tag; answers its log. */
async function tagged(ref: string, remote: string): Promise<string> {
  const got = new Map<string, string>();
  const folder = newFolder();
  const step = `{ uses: org/actions/image-tag@${ref}, with: { images: ghcr.io/acme/shop } }`;
  const [file = ''] = consumer(
    `name: tag\non: push\njobs:\n  tag:\n    runs-on: ubuntu-24.04\n    steps:\n      - ${step}\n`,
  );
  const { jobs, conclusion } = await runWorkflow({
    ...RUN,
    file,
    event: { name: 'push', sha: 'a'.repeat(40), ref: 'refs/heads/main', payload: { repository: { id: 7 } } },
    repository: 'acme/shop',
    runId: 1,
    vars: {},
    secrets: {},
    environments: {},
    resolve: resolver(remote, got),
    checkout: folder,
    environment: { PATH: process.env.PATH ?? '', HOME: folder },
    workFolder: join(folder, 'work'),
    signal: new AbortController().signal,
    listener: () => {},
  });
  expect(conclusion).toBe('success');
  return jobs.flatMap(({ steps }) => steps.flatMap(({ log }) => log)).join('\n');
}

describe('a consumer', () => {
  it('delivers with every action of the templates, by the major tag and pinned by the commit', async () => {
    const { remote, commit } = await remoteWithRelease();
    const used = [...new Set(templates.flatMap((text) => [...text.matchAll(OURS)].map(([, name]) => name)))].sort();
    expect(used).not.toEqual([]);
    const pinned = templates.map((text) => text.replaceAll(OURS, `org/actions/$1@${commit}`));
    for (const workflows of [templates, pinned]) {
      const { jobs, got, metrics } = await deliver(workflows, remote);
      expect(jobs.filter((job) => !job.endsWith(' success'))).toEqual([]);
      expect(metrics).toBeGreaterThan(0);
      expect([...got.keys()].sort()).toEqual(used);
      expect(new Set(got.values())).toEqual(new Set([commit]));
    }
  }, 120_000);

  it('finds every action by the major tag, by the version and by the commit', async () => {
    const { remote, commit } = await remoteWithRelease();
    const place = newFolder();
    for (const name of actionNames())
      for (const ref of ['v1', git(remote, 'tag', '--list', 'v*.*.*'), commit])
        expect((await resolveAction(remote, name, ref, place)).commit).toBe(commit);
  });

  it('W06 a pinned sha keeps running what it was when the tag is moved', async () => {
    const { remote, commit } = await remoteWithRelease();
    const before = await tagged(commit, remote);
    expect(before).toContain('1 tag for ghcr.io/acme/shop at commit aaaa');
    const next = await nextRelease(remote);
    expect(git(remote, 'rev-parse', 'v1')).toBe(next.commit);
    expect(await tagged('v1', remote)).toContain('this is another release');
    expect(await tagged(commit, remote)).toBe(before);
  });

  it('sees what ships, and nothing else, in the diff between two releases', async () => {
    const { remote } = await remoteWithRelease();
    const first = git(remote, 'tag', '--list', 'v*.*.*');
    const { tag } = await nextRelease(remote);
    expect(git(remote, 'diff', '--name-only', first, tag)).toBe('image-tag/dist/index.js');
    const shipped =
      /^(?:LICENSE|README\.md|SECURITY\.md|[\w-]+\/(?:action\.yml|README\.md|LICENSE|sbom\.json|dist\/[\w.]+))$/;
    for (const path of git(remote, 'ls-tree', '-r', '--name-only', tag).split('\n')) expect(path).toMatch(shipped);
  });
});
