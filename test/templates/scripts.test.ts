import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTemplate, text } from './template.ts';

const IMAGE = `ghcr.io/acme/checkout@sha256:${'a'.repeat(64)}`;

/** Runs the script of a step of deliver.yml as the runner does for `shell: bash`. */
function script(job: string, step: string, env: Readonly<Record<string, string>>) {
  const steps = readTemplate('deliver.yml').jobs.find(({ id }) => id === job)?.steps ?? [];
  const found = steps.find((one) => text(one, 'name') === step);
  if (found === undefined) throw new Error(`deliver.yml has no step "${step}" in ${job}`);
  const place = mkdtempSync(join(tmpdir(), 'script-'));
  try {
    const files = { GITHUB_OUTPUT: join(place, 'output'), GITHUB_STEP_SUMMARY: join(place, 'summary') };
    for (const file of Object.values(files)) writeFileSync(file, '');
    writeFileSync(join(place, 'script.sh'), text(found, 'run'));
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-e', '-o', 'pipefail', join(place, 'script.sh')],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], ...files, ...env } },
    );
    const written = (file: string) => readFileSync(file, 'utf8').trimEnd();
    return {
      status,
      lines: (stdout + stderr).trimEnd().split('\n'),
      output: written(files.GITHUB_OUTPUT),
      summary: written(files.GITHUB_STEP_SUMMARY),
    };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

describe('the last job', () => {
  const ALL = {
    lint: 'success',
    audit: 'success',
    test: 'success',
    build: 'success',
    staging: 'success',
    production: 'success',
  };
  const judge = (results: Partial<typeof ALL>) =>
    script('delivered', 'Judge', {
      IMAGE,
      RESULTS: Object.entries({ ...ALL, ...results })
        .map(([job, result]) => `${job} ${result}`)
        .join('\n'),
    });
  const below = (...jobs: (keyof typeof ALL)[]) => Object.fromEntries(jobs.map((job) => [job, 'skipped']));

  it('is green when every job has done its work, and says what was delivered', () => {
    const line = `Delivered ${IMAGE} to staging and production.`;
    expect(judge({})).toEqual({ status: 0, lines: [line], output: '', summary: line });
  });

  it('W01 is red when a job was skipped though nothing failed, and names it', () => {
    expect(judge(below('audit', 'test', 'build', 'staging', 'production'))).toMatchObject({
      status: 1,
      lines: [
        '::error title=Not delivered::audit was skipped though nothing before it failed: look at its "if" and at those of the jobs it needs.',
        'Did not run: audit test build staging production.',
      ],
      summary: '',
    });
    expect(judge(below('production')).status).toBe(1);
  });

  it('W01 is red when a job failed, names that one, and those that therefore did not run', () => {
    expect(judge({ staging: 'failure', ...below('production') })).toMatchObject({
      status: 1,
      lines: ['::error title=Not delivered::staging failed; its log says why.', 'Did not run: production.'],
    });
  });

  it('W01 names every job that failed by itself', () => {
    expect(
      judge({ lint: 'failure', audit: 'failure', ...below('test', 'build', 'staging', 'production') }).lines,
    ).toEqual([
      '::error title=Not delivered::lint failed; its log says why.',
      '::error title=Not delivered::audit failed; its log says why.',
      'Did not run: test build staging production.',
    ]);
  });

  it('W01 W03 is red when a deployment that waited was cancelled by a newer one', () => {
    expect(judge({ production: 'cancelled' })).toMatchObject({
      status: 1,
      lines: [
        '::error title=Not delivered::production was cancelled: by hand, at its time limit, or because a newer commit took its place.',
      ],
    });
  });

  it('W01 is red for a result that it does not know, and for one that is missing', () => {
    expect(judge({ test: 'neutral' }).lines).toEqual([
      '::error title=Not delivered::test ended as "neutral", which is no result known here.',
    ]);
    expect(judge({ test: '' }).status).toBe(1);
  });
});

describe('the build', () => {
  const hand = (DIGEST: string) => script('build', 'Hand on the digest', { NAME: 'ghcr.io/acme/checkout', DIGEST });

  it('W04 hands on the digest, not a tag', () => {
    expect(hand(`sha256:${'a'.repeat(64)}`)).toMatchObject({ status: 0, output: `reference=${IMAGE}` });
  });

  it.each(['', 'sha-a3f91c2b04de', 'sha256:abc'])('W04 hands on nothing for the digest "%s"', (digest) => {
    expect(hand(digest)).toMatchObject({
      status: 1,
      lines: [
        `::error title=No digest::The build of ghcr.io/acme/checkout gave the digest "${digest}", so there is nothing to deploy.`,
      ],
      output: '',
    });
  });

  it('names the image without capitals, whatever the name of the repository', () => {
    const env = { REGISTRY: 'ghcr.io', GITHUB_REPOSITORY: 'Acme/Checkout-Service' };
    expect(script('build', 'Name the image', env).output).toBe('name=ghcr.io/acme/checkout-service');
  });
});
