import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { didYouMean, UserError } from '@delivery-actions/action-kit';

/** The text of a test file of the checked-out repository. */
export async function readTestFile(path: string, workspace: string): Promise<string> {
  try {
    return await readFile(resolve(workspace, path), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR')
      throw new UserError(`The test file ${path} is a folder.`, {
        hint: `name a file in it: tests: ${path}/smoke-tests.yml`,
      });
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new UserError(`The test file ${path} cannot be read (${code}).`, { cause: error });
    const folder = dirname(resolve(workspace, path));
    const entries = await readdir(folder).catch(() => undefined);
    const meant = didYouMean(basename(path), entries ?? []);
    throw new UserError(`The test file ${path} does not exist in ${workspace}.`, {
      title: 'Input "tests"',
      hint:
        meant === undefined
          ? 'is there an actions/checkout step before this one? See what is there: run: git ls-files "*.yml" "*.yaml"'
          : `did you mean ${dirname(path) === '.' ? '' : `${dirname(path)}/`}${meant}?`,
    });
  }
}
