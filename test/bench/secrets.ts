import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@delivery-actions/release';
import { startSecretsManager } from '@delivery-actions/stand-ins';
import { stepEnv } from '@delivery-actions/testkit';
import { type ChildRun, child, passed } from './child.ts';
import { type Peer, peerFolder } from './peers.ts';
import { spread } from './spread.ts';
import { aligned } from './table.ts';
import { mebibytes, milliseconds, times } from './units.ts';

/** v3.0.1 */
const PEER: Peer = {
  repository: 'aws-actions/aws-secretsmanager-get-secrets',
  commit: '2cb1a461cbd4865ac4299648312e4704c646cd53',
};
const ROUNDS = 9;
const FEW = 20;
const CLI = 'aws secretsmanager describe-secret, for each';
const REGION = 'eu-west-1';
const DELAY = 30;

/** 20 secrets at 30 ms of delay next to the action that reads them one after the other, and the memory of 100 to 4,000. */
export async function secrets(place: string): Promise<void> {
  const names = Array.from({ length: 4_000 }, (_, index) => `checkout/staging/secret-${index}`);
  await using server = await startSecretsManager({ delay: DELAY });
  const region = server.secrets(REGION);
  for (const name of names) region.put(region.create(name), { SecretString: `value of ${name}` });
  const aws = {
    PATH: process.env.PATH ?? '',
    HOME: place,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'a-secret-key',
  };
  const entry = join(place, 'validate-secrets-side-by-side');
  cpSync(join(ROOT, 'actions', 'validate-secrets', 'dist'), entry, { recursive: true });
  const own = (count: number, concurrency = 10, ...flags: readonly string[]) => {
    const inputs = { secrets: names.slice(0, count).join('\n'), concurrency: String(concurrency) };
    const env = { ...aws, ...stepEnv('validate-secrets', { inputs }) };
    return passed(child([...flags, join(entry, 'index.js')], env, place));
  };

  // V8 takes more than it needs as long as there is more; what is kept shows where there is not.
  const little = ['--max-old-space-size=24', '--max-semi-space-size=4'];
  const peaks: string[][] = [];
  for (const count of [100, 1_000, 4_000])
    peaks.push([count.toLocaleString('en'), mebibytes((await own(count, 10, ...little)).mebibytes)]);
  console.log(`${aligned(['secrets, with a heap of 24 MiB', 'memory'], peaks)}\n`);

  const candidates: Record<string, () => Promise<ChildRun>> = {
    'validate-secrets': () => own(FEW),
    'validate-secrets, concurrency 20': () => own(FEW, FEW),
  };
  const folder = peerFolder(PEER);
  if (typeof folder === 'string')
    candidates[`${PEER.repository}, with its post step`] = async () => {
      const env = { ...aws, ...stepEnv('validate-secrets', {}), ...peerInputs(names.slice(0, FEW)) };
      const main = await passed(child([join(folder, 'index.js')], env, place));
      const post = await passed(child([join(folder, 'cleanup', 'index.js')], env, place));
      return { ...main, milliseconds: main.milliseconds + post.milliseconds };
    };
  else console.log(`SKIPPED ${PEER.repository}: ${folder.skipped}`);
  if (spawnSync('aws', ['--version']).status === 0) candidates[CLI] = () => cli(names.slice(0, FEW), aws);
  else console.log(`SKIPPED ${CLI}: the AWS CLI is not installed`);

  const runs = new Map<string, ChildRun[]>(Object.keys(candidates).map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1)
    for (const [name, run] of Object.entries(candidates)) {
      // 20 starts of Python take ten seconds and more.
      if (name === CLI && round > 1) continue;
      const result = await run();
      // The first round fills the caches.
      if (round >= 0) runs.get(name)?.push(result);
    }
  const base = runs.get('validate-secrets') ?? [];
  const rows = [...runs].map(([name, all]) => [
    name,
    milliseconds(spread(all.map((run) => run.milliseconds))),
    mebibytes(spread(all.map((run) => run.mebibytes)).median),
    times(spread(all.map((run, round) => run.milliseconds / (base[round]?.milliseconds ?? Number.NaN)))),
  ]);
  console.log(`${aligned([`${FEW} secrets, ${DELAY} ms each`, 'time', 'memory', 'times ours (target 5x)'], rows)}\n`);
}

/** A process for each, as a shell script has it. */
async function cli(names: readonly string[], env: Readonly<Record<string, string>>): Promise<ChildRun> {
  const start = performance.now();
  for (const name of names) {
    const command = spawn('aws', ['secretsmanager', 'describe-secret', '--secret-id', name], { env, stdio: 'ignore' });
    const [exitCode] = await once(command, 'close');
    if (exitCode !== 0) throw new Error(`aws secretsmanager describe-secret ended with ${exitCode}`);
  }
  return { milliseconds: performance.now() - start, mebibytes: Number.NaN, exitCode: 0, log: '' };
}

/** The defaults of its action.yml. */
function peerInputs(names: readonly string[]): Record<string, string> {
  return {
    'INPUT_SECRET-IDS': names.join('\n'),
    'INPUT_PARSE-JSON-SECRETS': 'false',
    'INPUT_NAME-TRANSFORMATION': 'uppercase',
    'INPUT_AUTO-SELECT-FAMILY-ATTEMPT-TIMEOUT': '1000',
  };
}
