import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '@delivery-actions/release';
import { listen, sendJson } from '@delivery-actions/stand-ins';
import { stepEnv } from '@delivery-actions/testkit';
import { type ChildRun, child } from './child.ts';
import { metadataAction } from './metadata-action.ts';
import { type Spread, spread } from './spread.ts';
import { aligned } from './table.ts';

/** Milliseconds, and the rounds that are enough. */
const PATIENCE = 20_000;
const MOST_ROUNDS = 21;

const INPUTS = {
  images: 'ghcr.io/acme/checkout-service',
  tags: 'type=ref,event=branch\ntype=semver,pattern={{version}}\ntype=sha',
};
const REPOSITORY = {
  ...{ name: 'checkout-service', full_name: 'acme/checkout-service', description: 'Takes orders' },
  ...{ html_url: 'https://github.com/acme/checkout-service', default_branch: 'main', license: { spdx_id: 'MIT' } },
};

/** image-tag next to docker/metadata-action: the same event, rules and repository, whose API is on loopback, in turns. */
export async function againstMetadataAction(): Promise<void> {
  const peer = metadataAction();
  if (typeof peer !== 'string') {
    console.log(`SKIPPED: image-tag is not compared with docker/metadata-action: ${peer.skipped}\n`);
    return;
  }
  const dist = join(ROOT, 'actions', 'image-tag', 'dist');
  await using api = await listen(({ response }) => sendJson(response, 200, REPOSITORY));
  const { folder, sha } = checkout();
  const event = {
    ...{ name: 'push', ref: 'refs/heads/main', sha },
    payload: { repository: REPOSITORY, head_commit: { id: sha, timestamp: '2026-01-15T12:00:00Z' } },
  };
  const environment = (action: string, workspace?: string) => ({
    PATH: process.env.PATH ?? '',
    ...stepEnv(action, { inputs: INPUTS, event, ...(workspace === undefined ? {} : { workspace }) }),
  });
  const theirs = { ...environment('image-tag'), GITHUB_API_URL: api.url, 'INPUT_GITHUB-TOKEN': 'token' };
  const candidates: Readonly<Record<string, () => Promise<ChildRun>>> = {
    'node -e 0': () => child(['-e', '0'], {}),
    'docker/metadata-action': () => child([peer], theirs),
    'image-tag, nothing checked out': () => child([join(dist, 'index.js')], environment('image-tag')),
    'image-tag, in a checkout': () => child([join(dist, 'index.js')], environment('image-tag', folder)),
  };

  const runs = new Map<string, ChildRun[]>(Object.keys(candidates).map((name) => [name, []]));
  const end = performance.now() + PATIENCE;
  for (let round = -1; round < MOST_ROUNDS && (round < 3 || performance.now() < end); round += 1)
    for (const [name, run] of Object.entries(candidates)) {
      const result = await run();
      if (result.exitCode !== 0) throw new Error(`${name} ended with ${result.exitCode}:\n${result.log}`);
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
      `${spread(all.map(({ mebibytes }) => mebibytes)).median.toFixed(0)} MiB`,
      shown(ratio(({ milliseconds }) => milliseconds)),
      shown(ratio(({ mebibytes }) => mebibytes)),
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
  const peers = bytes([join(dirname(peer), 'index.cjs')]);
  console.log(
    `code: docker/metadata-action ${peers} bytes; image-tag ${all} (${(peers / all).toFixed(1)}x less), of which ${entry} to start with\n`,
  );
}

function shown({ median, least, most }: Spread): string {
  return `${median.toFixed(1)}x (${least.toFixed(1)} to ${most.toFixed(1)})`;
}

function checkout(): { folder: string; sha: string } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-checkout-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '--message', 'first');
  return { folder, sha: git('rev-parse', 'HEAD') };
}
