import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEMPLATES } from '../templates/template.ts';
import { type ActResult, runUnderAct } from './act.ts';
import type { NotHere } from './installed.ts';

export const name = 'act runs the templates as they are wired: green, a failing gate, a skipped job, telemetry';

const SERVICE = fileURLToPath(new URL('../../packages/rehearsal/service/', import.meta.url));
const IMAGE = `ghcr.io/acme/checkout-service@sha256:${'a'.repeat(64)}`;

/** Stands for any action: prints what it was given and gives every output that the template hands on. */
const ECHO = `
const { appendFileSync } = require('node:fs');
const given = (name) => process.env['INPUT_' + name.toUpperCase()] ?? '';
const image = given('images').trim();
const outputs = { digest: 'sha256:${'a'.repeat(64)}', tags: image + ':sha-1', version: 'sha-1', labels: 'a=b', key: 'npm-1', given: given('secrets') || given('base-url') || given('pagerduty-url') };
for (const [name, value] of Object.entries(outputs)) appendFileSync(process.env.GITHUB_OUTPUT, name + '<<END\\n' + value + '\\nEND\\n');
if (given('secrets').includes(process.env.REFUSED ?? 'nothing')) { console.log('::error::refused'); process.exitCode = 1; }
`;

export async function run(): Promise<'passed' | NotHere> {
  const place = mkdtempSync(join(tmpdir(), 'act-templates-'));
  try {
    const world = prepared(place);

    const green = await world.deliver();
    if ('skipped' in green) return green;
    assert.equal(green.exitCode, 0, green.log);
    assert.deepEqual(new Set(Object.values(green.jobs)), new Set(['success']));
    assert.deepEqual(
      { staging: output(green, 'staging', 'Smoke test'), production: output(green, 'production', 'Smoke test') },
      { staging: 'http://staging.test', production: 'http://production.test' },
    );
    // W04, W05: both environments get the one digest.
    const deployed = green.log.match(/kubectl set image .*/g);
    assert.deepEqual(
      deployed,
      Array(2).fill(`kubectl set image deployment/checkout-service checkout-service=${IMAGE} --namespace default`),
    );

    const failing = await world.deliver({ env: { REFUSED: 'production/' } });
    assert.ok('jobs' in failing);
    assert.deepEqual(failing.jobs, { ...green.jobs, production: 'failure', delivered: 'failure' });
    assert.deepEqual(verdict(failing), ['production failed; its log says why.'], failing.log);

    // W01: the required check must not pass because a job was skipped.
    const skipping = await world.deliver({
      edit: [`    name: Audit dependencies\n`, `    name: Audit dependencies\n    if: false\n`],
    });
    assert.ok('jobs' in skipping);
    const skipped = { audit: 'skipped', test: 'skipped', build: 'skipped', staging: 'skipped', production: 'skipped' };
    assert.deepEqual(skipping.jobs, { lint: 'success', ...skipped, delivered: 'failure' });
    assert.deepEqual(verdict(skipping), [
      'audit was skipped though nothing before it failed: look at its "if" and at those of the jobs it needs.',
    ]);

    const telemetry = await world.telemetry();
    assert.ok('jobs' in telemetry);
    assert.deepEqual(telemetry.jobs, { telemetry: 'success' });
    assert.equal(output(telemetry, 'telemetry', 'Push telemetry'), 'https://events.pagerduty.com');
    return 'passed';
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function output(result: ActResult, job: string, step: string): string | undefined {
  return result.steps.find((one) => one.job === job && one.name === step)?.outputs['given'];
}

function verdict(result: ActResult): readonly string[] {
  return result.steps
    .filter(({ job }) => job === 'delivered')
    .flatMap(({ annotations }) => annotations.map((one) => one.message));
}

/** A service's repository, a release tree and stand-ins for everything that the template names, in `place`. */
function prepared(place: string) {
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text, { mode });
    return join(place, path);
  };
  const action = (folder: string) => {
    write(`${folder}/action.yml`, `name: ${folder}\nruns: {using: node24, main: index.js}\n`);
    write(`${folder}/index.js`, ECHO);
    return join(place, folder);
  };
  const [template = '', telemetry = ''] = ['deliver.yml', 'telemetry.yml'].map((file) =>
    readFileSync(join(TEMPLATES, file), 'utf8'),
  );
  const uses = [...template.matchAll(/uses: (\S+)/g)].map(([, reference = '']) => reference);
  for (const [, ours] of `${template}${telemetry}`.matchAll(/uses: org\/actions\/([\w-]+)@v1/g))
    action(`release/${ours}`);
  const others = uses.filter((reference) => !reference.startsWith('org/'));
  const localRepositories = Object.fromEntries(others.map((reference) => [reference, action(`others/${reference}`)]));
  for (const program of ['aws', 'kubectl']) write(`bin/${program}`, `#!/bin/sh\necho ${program} "$@"\n`, 0o755);

  const repositoryFolder = join(place, 'service');
  cpSync(SERVICE, repositoryFolder, { recursive: true });
  const git = (...args: string[]) =>
    spawnSync('git', ['-C', repositoryFolder, '-c', 'user.name=t', '-c', 'user.email=t@example.test', ...args]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Take orders');

  const world = {
    repositoryFolder,
    repository: 'acme/Checkout-Service',
    releaseTree: join(place, 'release'),
    localRepositories,
    path: [join(place, 'bin')],
  };
  const repository = { name: 'checkout-service' };
  return {
    telemetry: () =>
      runUnderAct({
        ...world,
        workflow: write('telemetry.yml', telemetry),
        event: { name: 'workflow_run', payload: { repository, workflow_run: { id: 7, run_attempt: 1 } } },
      }),
    deliver: ({ env = {}, edit: [from, to] = ['', ''] as [string, string] } = {}) =>
      runUnderAct({
        ...world,
        workflow: write('deliver.yml', template.replace(from, to)),
        event: { name: 'push', payload: { ref: 'refs/heads/main', repository } },
        secrets: { GITHUB_TOKEN: 'a-token-of-the-run' },
        environments: {
          staging: { vars: { BASE_URL: 'http://staging.test' }, secrets: { API_KEY: 'the-key-of-staging' } },
          production: { vars: { BASE_URL: 'http://production.test' }, secrets: { API_KEY: 'the-key-of-production' } },
        },
        env,
      }),
  };
}
