import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownWorkflows, TEMPLATES, templateFiles } from '../templates/template.ts';
import { type NotHere, pythonTool } from './installed.ts';

export const name = 'zizmor, pedantic and offline, finds nothing in the templates and in our own workflows';

const CONFIG = fileURLToPath(new URL('zizmor.yml', import.meta.url));

export async function run(): Promise<'passed' | NotHere> {
  const zizmor = pythonTool('zizmor', 'zizmor', '1.32.0');
  if (typeof zizmor !== 'string') return zizmor;
  // With a token in the environment it would go online.
  const { GH_TOKEN, GITHUB_TOKEN, ZIZMOR_GITHUB_TOKEN, ...env } = process.env;
  // Named one by one: in a folder it would only look for .github/workflows.
  const paths = [...templateFiles().map((file) => join(TEMPLATES, file)), ...ownWorkflows()];
  const args = [
    '--offline',
    '--persona=pedantic',
    '--strict-collection',
    '--no-progress',
    '--config',
    CONFIG,
    ...paths,
  ];
  const { status, stdout, stderr } = spawnSync(zizmor, args, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`zizmor ended with ${status}:\n${stderr}\n${stdout}`);
  return 'passed';
}
