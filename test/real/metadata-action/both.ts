import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listen, sendJson } from '@delivery-actions/stand-ins';
import { type Circumstances, manualClock, runMain, stepEnv } from '@delivery-actions/testkit';
import type { Git } from '../../../actions/image-tag/src/git.ts';
import { main } from '../../../actions/image-tag/src/main.ts';

/** One step as a workflow for docker/metadata-action writes it, and the event that started its run. */
export interface Step {
  /** What is checked out; else nothing is. */
  readonly workspace?: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event: {
    readonly name: string;
    readonly sha: string;
    readonly ref: string;
    readonly payload: Readonly<Record<string, unknown>>;
  };
}

/** What both hand out. A bake file is its content. */
export type Outputs = Readonly<Record<(typeof OUTPUTS)[number], string>>;

export const OUTPUTS = [
  ...(['version', 'tags', 'tag-names', 'labels', 'annotations', 'json'] as const),
  ...(['bake-file', 'bake-file-tags', 'bake-file-labels', 'bake-file-annotations'] as const),
] as const;

export interface Outcome {
  /** Absent when the step failed. */
  readonly outputs?: Outputs;
  /** Why it failed, or what it warned of. */
  readonly said: string;
}

/** When every step runs, and every commit was made, in milliseconds. */
export const NOW = Date.parse('2020-01-10T00:30:00.000Z');

/** What the README's "Coming from docker/metadata-action" says. */
const PEER_DEFAULT = 'type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr';

const git: Git = {
  checkout: async () => undefined,
  tags: async () => undefined,
  commitDate: async () => new Date(NOW),
  defaultBranch: async () => undefined,
};

/** image-tag's answer to the step after the switch that its README describes. */
export async function ours({ inputs, env = {}, event, workspace }: Step): Promise<Outcome> {
  const circumstances: Circumstances = {
    event,
    ...(workspace === undefined ? {} : { workspace }),
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('DOCKER_'))),
    inputs: {
      tags: PEER_DEFAULT,
      'sha-length': env.DOCKER_METADATA_SHORT_SHA_LENGTH ?? '7',
      'sha-source': env.DOCKER_METADATA_PR_HEAD_SHA === 'true' ? 'head' : 'event',
      'annotation-levels': env.DOCKER_METADATA_ANNOTATIONS_LEVELS ?? 'manifest',
      ...inputs,
    },
  };
  const { exitCode, outputs, annotations } = await runMain(
    'image-tag',
    (run) => main(run, manualClock({ now: NOW }), workspace === undefined ? git : undefined),
    circumstances,
  );
  const said = annotations.map(({ message }) => message).join('\n');
  return exitCode === 0 ? { outputs: comparable(outputs), said } : { said };
}

/** Steps that one process of the peer runs; each leaves some 10 MB behind. */
const BATCH = 60;

/** docker/metadata-action's answers, two processes at a time. `repository` is what its GitHub API, on loopback, says of one by its name. */
export async function theirs(
  bundle: string,
  steps: readonly Step[],
  repository: (fullName: string) => unknown,
): Promise<Outcome[]> {
  const place = mkdtempSync(join(tmpdir(), 'metadata-action-'));
  const date = new Date(NOW).toISOString();
  await using api = await listen(({ url, response }) =>
    sendJson(
      response,
      200,
      /\/commits\//.test(url.pathname)
        ? { commit: { committer: { date } } }
        : repository(url.pathname.slice('/repos/'.length)),
    ),
  );
  const turns = steps.map((step, index) => turn(step, api.url, join(place, `${index}`)));
  const batches = Array.from({ length: Math.ceil(turns.length / BATCH) }, (_, index) =>
    turns.slice(index * BATCH, (index + 1) * BATCH),
  );
  async function work(): Promise<void> {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const list = join(place, `turns-${batches.length}.json`);
      // A step may end its process, so the others begin a new one.
      for (let left = batch; left.length > 0; ) {
        writeFileSync(list, JSON.stringify({ bundle, now: NOW, turns: left }));
        await ended(list);
        const open = left.filter((each) => exitCode(each) === undefined);
        if (open.length === left.length) throw new Error('docker/metadata-action did not even end its first step');
        left = open;
      }
    }
  }
  try {
    await Promise.all([work(), work()]);
    return turns.map(outcome);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

interface Turn {
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
}

/** Its own temporary folder too: that is where the bake files go, by one name. */
function turn({ inputs, env, event, workspace }: Step, api: string, folder: string): Turn {
  mkdirSync(folder);
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  return {
    env: {
      ...stepEnv('smoke-test', {
        event,
        ...(workspace === undefined ? {} : { workspace }),
        env: { ...env, GITHUB_API_URL: api, RUNNER_TEMP: folder, TMPDIR: folder },
      }),
      'INPUT_GITHUB-TOKEN': 'token',
      ...Object.fromEntries(given),
    },
    log: join(folder, 'log'),
  };
}

function exitCode({ log }: Turn): string | undefined {
  return existsSync(log) ? /\nexit code (\d+)\n/.exec(readFileSync(log, 'utf8'))?.[1] : undefined;
}

function outcome(one: Turn): Outcome {
  const { env, log } = one;
  const text = readFileSync(log, 'utf8');
  const said = [...text.matchAll(/^::(?:error|warning)[^:]*::(.*)$/gm)].map(([, message]) => message).join('\n');
  return exitCode(one) === '0'
    ? { outputs: comparable(handedOut(readFileSync(`${env.GITHUB_OUTPUT}`, 'utf8'))), said }
    : { said };
}

function ended(turns: string): Promise<void> {
  const running = spawn(process.execPath, [fileURLToPath(new URL('turns.cjs', import.meta.url))], {
    env: { PATH: process.env.PATH ?? '', TURNS: turns, HOME: tmpdir() },
    // It complains there of time zones that nobody has.
    stdio: 'ignore',
    timeout: 120_000,
  });
  return new Promise((resolve, reject) => {
    running.once('error', reject);
    running.once('close', (code, signal) =>
      code === null ? reject(new Error(`docker/metadata-action was ended by ${signal}`)) : resolve(),
    );
  });
}

/** The runner's file of outputs: `name<<delimiter`, the value, the delimiter. */
function handedOut(file: string): Record<string, string> {
  const found = file.matchAll(/^([\w-]+)<<(ghadelimiter_\S+)\n(.*?)\n?^\2$/gms);
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]));
}

function comparable(outputs: Readonly<Record<string, string>>): Outputs {
  const { version, revision, rules, ...json } = JSON.parse(outputs.json ?? '{}');
  const read = (name: string) => JSON.stringify(JSON.parse(readFileSync(outputs[name] ?? '', 'utf8')));
  return Object.fromEntries(
    OUTPUTS.map((name) => {
      if (name === 'json') return [name, JSON.stringify(json)];
      return [name, name.startsWith('bake-') ? read(name) : (outputs[name] ?? '')];
    }),
  ) as Outputs;
}
