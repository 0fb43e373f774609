import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { substituteFolder } from '@delivery-actions/rehearsal';
import { ROOT } from '@delivery-actions/release';
import { ownWorkflows } from '../templates/template.ts';
import { runUnderAct } from './act.ts';
import type { NotHere } from './installed.ts';

export const name = 'act runs the job of ci.yml that builds our own actions and uses them';
/** It installs and builds in a new folder. */
export const slow = true;

export async function run(): Promise<'passed' | NotHere> {
  const workflow = ownWorkflows().find((path) => basename(path) === 'ci.yml') ?? '';
  const ran = await runUnderAct({
    workflow,
    repositoryFolder: ROOT,
    repository: 'org/actions',
    event: { name: 'push', payload: { ref: 'refs/heads/main', repository: { default_branch: 'main' } } },
    releaseTree: join(ROOT, 'actions'),
    localRepositories: substitutes(workflow),
    // Where this machine reaches a registry of packages only with a certificate of its own.
    env: { CI: 'true', ...passedOn('NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', 'NO_PROXY') },
    job: 'own',
  });
  if ('skipped' in ran) return ran;
  assert.equal(ran.jobs.own, 'success', ran.log);
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  const outputs = Object.fromEntries(ran.steps.map(({ id, outputs }) => [id, outputs]));
  assert.equal(outputs.tag?.version, `sha-${commit.slice(0, 12)}`, ran.log);
  assert.match(outputs.key?.key ?? '', /^pnpm--.*--[0-9a-f]{64}$/, ran.log);
  return 'passed';
}

/** Checkout is act's own; setting up Node is done by nothing: the one that runs this is there. */
function substitutes(workflow: string): Record<string, string> {
  const uses = new Set(readFileSync(workflow, 'utf8').match(/actions\/setup-node@[0-9a-f]{40}/g));
  return Object.fromEntries([...uses].map((each) => [each, substituteFolder('actions/setup-node')]));
}

function passedOn(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
