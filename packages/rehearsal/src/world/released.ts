import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RegistryStandIn } from '@delivery-actions/stand-ins';
import { SERVICE, type ServiceRepository } from '../service.ts';
import { REPOSITORY } from './names.ts';
import { substituteFolder } from './substitutes.ts';

const run = promisify(execFile);

/**
 * Builds and pushes the image of the commit that runs before the rehearsal, with the very steps that build the next one.
 * Answers its reference by digest.
 */
export async function releaseImage(
  registry: RegistryStandIn,
  { released }: ServiceRepository,
  account: { username: string; password: string },
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<string> {
  const image = `${registry.host}/${REPOSITORY}`;
  const version = `sha-${released.slice(0, 12)}`;
  const output = join(folder, 'released-output');
  const step = (action: string, inputs: Record<string, string>) =>
    run(process.execPath, [join(substituteFolder(action), 'index.js')], {
      env: { ...environment, GITHUB_WORKSPACE: SERVICE, GITHUB_OUTPUT: output, ...asVariables(inputs) },
    });
  await step('docker/login-action', { registry: registry.host, ...account });
  await step('docker/build-push-action', { tags: `${image}:${version}`, 'build-args': `VERSION=${version}` });
  const [, digest] = /^digest=(sha256:[0-9a-f]{64})$/m.exec(await readFile(output, 'utf8')) ?? [];
  if (digest === undefined) throw new Error('the image of the released commit was not pushed');
  return `${image}@${digest}`;
}

function asVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
}
