import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@delivery-actions/release';
import { listen, sendJson } from '@delivery-actions/stand-ins';
import { stepEnv } from '@delivery-actions/testkit';
import { type ChildRun, child, passed } from './child.ts';
import { type Peer, peerFolder } from './peers.ts';
import { spread } from './spread.ts';
import { aligned } from './table.ts';
import { mebibytes, times } from './units.ts';

/** After v6.2.0. */
const PEER: Peer = { repository: 'docker/metadata-action', commit: 'dc802804100637a589fabce1cb79ff13a1411302' };

/** Milliseconds, and the rounds that are enough. */
const PATIENCE = 20_000;
const MOST_ROUNDS = 21;

const INPUTS = {
  images: 'ghcr.io/acme/checkout-service',
  tags: 'type=ref,event=branch\ntype=semver,pattern={{version}}\ntype=sha',
};
const REPOSITORY = {
  name: 'checkout-service',
  full_name: 'acme/checkout-service',
  description: 'Takes orders',
  html_url: 'https://github.com/acme/checkout-service',
  default_branch: 'main',
  license: { spdx_id: 'MIT' },
};

/** image-tag next to docker/metadata-action: the same event, rules and repository, whose API is on loopback, in turns. */
export async function tags(place: string): Promise<void> {
  const peer = peerFolder(PEER);
  if (typeof peer !== 'string') return console.log(`SKIPPED next to ${PEER.repository}: ${peer.skipped}\n`);
  const theirBundle = join(peer, 'index.cjs');
  const dist = join(ROOT, 'actions', 'image-tag', 'dist');
  await using api = await listen(({ response }) => sendJson(response, 200, REPOSITORY));
  const { folder, sha } = checkout(place);
  const event = {
    name: 'push',
    ref: 'refs/heads/main',
    sha,
    payload: { repository: REPOSITORY, head_commit: { id: sha, timestamp: '2026-01-15T12:00:00Z' } },
  };
  const environment = (action: string, workspace?: string) => ({
    PATH: process.env.PATH ?? '',
    ...stepEnv(action, { inputs: INPUTS, event, ...(workspace === undefined ? {} : { workspace }) }),
  });
  const theirs = { ...environment('image-tag'), GITHUB_API_URL: api.url, 'INPUT_GITHUB-TOKEN': 'token' };
  const candidates: Readonly<Record<string, () => Promise<ChildRun>>> = {
    'node -e 0': () => child(['-e', '0'], {}, place),
    'docker/metadata-action': () => child([theirBundle], theirs, place),
    'image-tag, nothing checked out': () => child([join(dist, 'index.js')], environment('image-tag'), place),
    'image-tag, in a checkout': () => child([join(dist, 'index.js')], environment('image-tag', folder), place),
  };

  const runs = new Map<string, ChildRun[]>(Object.keys(candidates).map((name) => [name, []]));
  const end = performance.now() + PATIENCE;
  for (let round = -1; round < MOST_ROUNDS && (round < 3 || performance.now() < end); round += 1)
    for (const [name, run] of Object.entries(candidates)) {
      const result = await passed(run());
      // The first round fills the caches.
      if (round >= 0) runs.get(name)?.push(result);
    }

  const base = runs.get('docker/metadata-action') ?? [];
  const rows = [...runs].map(([name, all]) => {
    const ratio = (value: (run: ChildRun) => number) =>
      spread(all.map((run, round) => value(base[round] ?? run) / value(run)));
    return [
      name,
      `${spread(all.map(({ milliseconds }) => milliseconds)).median.toFixed(0)} ms`,
      mebibytes(spread(all.map((run) => run.mebibytes)).median),
      times(ratio(({ milliseconds }) => milliseconds)),
      times(ratio((run) => run.mebibytes)),
    ];
  });
  console.log(
    aligned(
      ['one push, three rules', 'time', 'memory', 'times as fast (target 5)', 'times less memory (target 2)'],
      rows,
    ),
  );
  const own = readdirSync(dist).filter((name) => name.endsWith('.js'));
  const bytes = (files: readonly string[]) => files.reduce((sum, file) => sum + statSync(file).size, 0);
  const [all, entry] = [bytes(own.map((name) => join(dist, name))), bytes([join(dist, 'index.js')])];
  const peers = bytes([theirBundle]);
  console.log(
    `code: docker/metadata-action ${peers} bytes; image-tag ${all} (${(peers / all).toFixed(1)}x less), of which ${entry} to start with\n`,
  );
}

function checkout(place: string): { folder: string; sha: string } {
  const folder = join(place, 'checkout');
  mkdirSync(folder);
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '--message', 'first');
  return { folder, sha: git('rev-parse', 'HEAD') };
}
