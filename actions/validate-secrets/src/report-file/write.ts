import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Run, UserError } from '@delivery-actions/action-kit';
import type { Asked } from '../ask.ts';
import type { FailOn } from '../inputs.ts';
import { entryOf } from './entry.ts';
import { junit } from './junit.ts';
import type { ReportPlace } from './place.ts';
import { sarif } from './sarif.ts';

/**
 * Writes the report whole or not at all: a tool that looks for the file never finds half of it. Folders that are not there
 * are made. `json` is the report as the output has it.
 */
export async function writeReportFile(
  { workspace, env, redact }: Pick<Run, 'workspace' | 'env' | 'redact'>,
  { path, format }: ReportPlace,
  { json, asked, failOn }: { readonly json: string; readonly asked: Asked; readonly failOn: FailOn },
): Promise<void> {
  const entries = asked.checks.map((check) => entryOf(check, asked.findingOf(check), { failOn, redact }));
  const text = { json: () => `${json}\n`, sarif: () => sarif(entries, workflowFile(env)), junit: () => junit(entries) };
  const target = resolve(workspace, path);
  const draft = `${target}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(draft, text[format]());
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UserError(`The report could not be written to ${path} (${code}).`, {
      title: 'Input "report-file"',
      hint: 'the path is relative to the repository: is there a folder of that name, or is it read-only?',
    });
  }
}

/** `.github/workflows/deliver.yml` of `org/repository/.github/workflows/deliver.yml@refs/heads/main` */
function workflowFile(env: Run['env']): string {
  const [, path = '.github/workflows'] = /^[^/]+\/[^/]+\/([^@]+)@/.exec(env['GITHUB_WORKFLOW_REF'] ?? '') ?? [];
  return path;
}
