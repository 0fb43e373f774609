import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownGit } from './git.ts';
import { ROOT } from './project.ts';

const NAME = /^[A-Za-z0-9](?:-?[A-Za-z0-9])*\/[\w.-]+$/;

/**
 * Writes another `owner/name` wherever this project says which repository it is published as: templates, READMEs, and the
 * tests that read them. Answers the files that changed.
 * @param from what they say now, if it is not what package.json says: the name of the project that was merged from
 */
export async function renameRepository(repository: string, root = ROOT, from?: string): Promise<string[]> {
  const stranger = [repository, from].find((each) => each !== undefined && !NAME.test(each));
  if (stranger !== undefined)
    throw new Error(`"${stranger}" is not the name of a repository: expected owner/name, such as acme/actions`);
  const { repository: written } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    repository?: unknown;
  };
  const present = from ?? written;
  if (typeof present !== 'string' || !present.includes('/'))
    throw new Error('package.json: "repository" is not owner/name, so there is nothing to rename');
  const [owner, name] = present.split('/').map((part) => part.replaceAll('.', '\\.'));
  // Also as it stands in a regular expression.
  const mentioned = new RegExp(`(?<![\\w-])${owner}(\\\\?/)${name}(?![\\w-])`, 'g');
  const [newOwner, newName] = repository.split('/');
  const files = (await ownGit(root, ['ls-files', '-z'])).split('\0');
  return files
    .filter((file) => /\.(?:ts|ya?ml|md|json)$/.test(file) && file !== 'pnpm-lock.yaml')
    .filter((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const renamed = text.replace(mentioned, (_, slash: string) => `${newOwner}${slash}${newName}`);
      if (renamed !== text) writeFileSync(join(root, file), renamed);
      return renamed !== text;
    });
}
