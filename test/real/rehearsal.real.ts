import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ACTOR,
  openWorld,
  pushPayload,
  REPOSITORY,
  rehearse,
  SCENARIOS,
  type Scenario,
  substituteFolder,
  type WorkflowResult,
} from '@delivery-actions/rehearsal';
import { type ActResult, runUnderAct } from './act.ts';
import type { NotHere } from './installed.ts';

export const name = 'act comes to the same results as the rehearsal: the green delivery and four that fail';

const COMPARED = ['delivery', 'missing-secret', 'image-pull-failure', 'crash-loop', 'smoke-failure'];

/** What must be the same: how every job ended, and what each of our actions gave. */
interface Results {
  readonly jobs: Readonly<Record<string, string>>;
  /** By `job: step`. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export async function run(): Promise<'passed' | NotHere> {
  for (const scenario of SCENARIOS.filter(({ name }) => COMPARED.includes(name))) {
    console.log(`  ${scenario.name}: ${scenario.about}`);
    const theirs = await underAct(scenario);
    if ('skipped' in theirs) return theirs;
    const quiet = { tell: () => {}, watch: () => {}, signal: new AbortController().signal };
    const { delivery } = await rehearse(scenario, quiet);
    assert.deepEqual(resultsOfRehearsal(delivery), resultsOfAct(theirs), `${scenario.name}:\n${theirs.log}`);
    assert.equal(theirs.jobs[scenario.failingJob ?? ''], scenario.failingJob && 'failure', theirs.log);
  }
  return 'passed';
}

/** Delivers in a world of its own: what was deployed once would not be deployed again. */
async function underAct(scenario: Scenario): Promise<ActResult | NotHere> {
  await using world = await openWorld(scenario);
  const workflow = join(world.repository.folder, '.github', 'workflows', 'deliver.yml');
  const others = [...readFileSync(workflow, 'utf8').matchAll(/uses: ((?!org\/)([\w-]+\/[\w-]+)@\w+)/g)];
  return await runUnderAct({
    workflow,
    repositoryFolder: world.repository.folder,
    repository: REPOSITORY,
    event: { name: 'push', payload: pushPayload(world) as Record<string, unknown> },
    actor: ACTOR,
    releaseTree: world.release,
    localRepositories: Object.fromEntries(others.map(([, uses = '', name = '']) => [uses, substituteFolder(name)])),
    vars: world.vars,
    secrets: world.secrets,
    environments: world.environments,
    env: { ...world.environment, GITHUB_API_URL: world.github.url },
    path: world.path,
    onJobEnd: (id) => world.onEvent({ type: 'job-finished', job: { id, name: id } }),
  });
}

function resultsOfAct({ jobs, steps }: ActResult): Results {
  const ours = steps.filter(({ job, uses }) => jobs[job] !== 'skipped' && uses?.startsWith('org/actions/'));
  return {
    jobs,
    outputs: Object.fromEntries(ours.map((step) => [`${step.job}: ${step.name}`, comparable(step.outputs)])),
  };
}

function resultsOfRehearsal({ jobs }: WorkflowResult): Results {
  const ours = jobs.flatMap(({ id, steps }) =>
    steps
      .filter(({ uses, phase }) => phase === 'main' && uses?.startsWith('org/actions/'))
      .map((step): [string, Results['outputs'][string]] => [`${id}: ${step.name}`, comparable(step.outputs)]),
  );
  return {
    jobs: Object.fromEntries(jobs.map(({ id, conclusion }) => [id, conclusion])),
    outputs: Object.fromEntries(ours),
  };
}

/** What differs from one world to the next, and from one run to the next in one world. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/127\.0\.0\.1:\d+/g, '<address>'],
  [/sha256:[0-9a-f]{64}/g, '<digest>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/(:secret:[\w/-]+)-\w{6}\b/g, '$1-<suffix>'],
  [/\bord-[0-9a-f]{8}\b/g, '<order>'],
  [/"(?:milliseconds|timings)":(?:\d+|\{[^}]*\}),?/g, ''],
  [/"tries":\d+/g, '"tries":<some>'],
  [/\b[\d.]+m?s\b/g, '<duration>'],
  [/\S*[\\/]image-tag-\w+[\\/]/g, '<folder>/'],
];

function comparable(outputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name,
      name === 'duration-seconds'
        ? value.replace(/^[\d.]+$/, '<duration>')
        : CHANGING.reduce((text, [pattern, word]) => text.replace(pattern, word), value),
    ]),
  );
}
