import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Arguments of the shells that need no template, as actions/runner's ScriptHandlerHelpers.cs has them. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  bash: '--noprofile --norc -eo pipefail {0}',
  sh: '-e {0}',
  python: '{0}',
};

const EXTENSIONS: Readonly<Record<string, string>> = { bash: '.sh', sh: '.sh', python: '.py' };

export interface Shell {
  readonly command: string;
  readonly extension: string;
  args(script: string): readonly string[];
}

/** What a `shell` stands for; without one it is `bash -e`, without pipefail. Throws on one that is not supported. */
export function parseShell(text: string | undefined): Shell {
  const [command = '', ...rest] = (text || 'bash -e {0}').trim().split(/\s+/);
  const template = rest.length > 0 ? rest : ARGUMENTS[command]?.split(' ');
  if (!template?.some((each) => each.includes('{0}'))) {
    const known = Object.keys(ARGUMENTS).join(', ');
    throw new Error(`shell: ${text} is not supported here: use ${known}, or a command with {0} for the script`);
  }
  return {
    command,
    extension: EXTENSIONS[command] ?? '',
    args: (script) => template.map((each) => each.replaceAll('{0}', script)),
  };
}

/** The file that a command stands for. */
export function findOnPath(command: string, path: string): string | undefined {
  const candidates = isAbsolute(command)
    ? [command]
    : path.split(delimiter).flatMap((folder) => (folder === '' ? [] : [join(folder, command)]));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}
