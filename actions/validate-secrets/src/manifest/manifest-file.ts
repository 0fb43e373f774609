import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Run, UserError } from '@delivery-actions/action-kit';
import type { SecretRequest } from '../request.ts';
import { parseManifest } from './manifest.ts';

/** The secrets that a manifest in the repository lists for one environment; `file` is relative to the workspace. */
export async function loadManifest(
  run: Pick<Run, 'workspace' | 'context'>,
  { file, environment }: { readonly file: string; readonly environment: string },
): Promise<readonly SecretRequest[]> {
  let text: string;
  try {
    text = await readFile(resolve(run.workspace, file), 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UserError(`The manifest ${file} cannot be read (${code}).`, {
      title: 'Input "manifest"',
      hint: 'the path is relative to the repository; is there an actions/checkout before this step?',
    });
  }
  const service = () => run.context.repository.split('/')[1] ?? '';
  return parseManifest(text, { file, environment, service });
}
