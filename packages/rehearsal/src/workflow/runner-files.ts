import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files through which a step speaks to the runner, by their names in the `github` context. */
export type RunnerFiles = Readonly<Record<RunnerFile, string>>;

type RunnerFile = 'env' | 'output' | 'path' | 'state' | 'step_summary';

const PREFIXES: Readonly<Record<RunnerFile, string>> = {
  env: 'set_env',
  output: 'set_output',
  path: 'add_path',
  state: 'save_state',
  step_summary: 'step_summary',
};

/** New empty files for one step. */
export async function makeRunnerFiles(temp: string): Promise<RunnerFiles> {
  const folder = join(temp, '_runner_file_commands');
  await mkdir(folder, { recursive: true });
  const id = randomUUID();
  const made = await Promise.all(
    Object.entries(PREFIXES).map(async ([name, prefix]) => {
      const file = join(folder, `${prefix}_${id}`);
      await writeFile(file, '');
      return [name, file] as const;
    }),
  );
  return Object.fromEntries(made) as Record<RunnerFile, string>;
}

/** A step may have deleted its file: then it said nothing. */
export async function readRunnerFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** `NAME=value` and `NAME<<DELIMITER` ... `DELIMITER`; throws as the runner does on anything else. */
export function parseVariables(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new Error(`Invalid format '${line}'. Name must not be empty`);
      variables.set(line.slice(0, equals), line.slice(equals + 1));
      continue;
    }
    if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
    const name = line.slice(0, heredoc);
    const delimiter = line.slice(heredoc + 2);
    if (name === '' || delimiter === '') {
      throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`);
    }
    const end = lines.indexOf(delimiter, index + 1);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
    variables.set(name, lines.slice(index + 1, end).join('\n'));
    index = end;
  }
  return variables;
}

/** GITHUB_PATH: one folder a line. */
export function parsePaths(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}
