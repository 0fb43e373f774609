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
const PAIRS = 9;
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
    AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'a-secret-key',
  };
  const entry = join(place, 'validate-secrets-side-by-side');
  cpSync(join(ROOT, 'actions', 'validate-secrets', 'dist'), entry, { recursive: true });
  const own = (count: number, ...flags: readonly string[]) =>
    passed(
      child(
        [...flags, join(entry, 'index.js')],
        { ...aws, ...stepEnv('validate-secrets', { inputs: { secrets: names.slice(0, count).join('\n') } }) },
        place,
      ),
    );

  // V8 takes more than it needs as long as there is more; what is kept shows where there is not.
  const little = ['--max-old-space-size=24', '--max-semi-space-size=4'];
  const peaks: string[][] = [];
  for (const count of [100, 1_000, 4_000])
    peaks.push([count.toLocaleString('en'), mebibytes((await own(count, ...little)).mebibytes)]);
  console.log(`${aligned(['secrets, with a heap of 24 MiB', 'memory'], peaks)}\n`);

  const folder = peerFolder(PEER);
  if (typeof folder !== 'string') return console.log(`SKIPPED next to ${PEER.repository}: ${folder.skipped}\n`);
  const peer = async () => {
    const env = { ...aws, ...stepEnv('validate-secrets', {}), ...peerInputs(names.slice(0, 20)) };
    const main = await passed(child([join(folder, 'index.js')], env, place));
    const post = await passed(child([join(folder, 'cleanup', 'index.js')], env, place));
    return { ...main, milliseconds: main.milliseconds + post.milliseconds };
  };
  const rows: { readonly own: ChildRun; readonly peer: ChildRun }[] = [];
  for (let pair = -1; pair < PAIRS; pair += 1) {
    const both = { peer: await peer(), own: await own(20) };
    // The first pair fills the caches.
    if (pair >= 0) rows.push(both);
  }
  const memory = (whose: 'own' | 'peer') => mebibytes(spread(rows.map((row) => row[whose].mebibytes)).median);
  const ratios = spread(rows.map((row) => row.peer.milliseconds / row.own.milliseconds));
  console.log(
    aligned(
      [`20 secrets, ${DELAY} ms each`, 'time', 'memory'],
      [
        [`${PEER.repository}, with its post step`, took(rows, 'peer'), memory('peer')],
        ['validate-secrets', took(rows, 'own'), memory('own')],
        ['times as fast (target 5x)', times(ratios), ''],
      ],
    ),
  );
  console.log('');
}

function took(rows: readonly Record<'own' | 'peer', ChildRun>[], whose: 'own' | 'peer'): string {
  return milliseconds(spread(rows.map((row) => row[whose].milliseconds)));
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
