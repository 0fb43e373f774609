import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@delivery-actions/release';
import { parse } from 'yaml';

export interface ActionYml {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly branding: { readonly icon: string; readonly color: string };
  readonly inputs?: Readonly<Record<string, { description?: string; required?: boolean; default?: unknown } | null>>;
  readonly outputs?: Readonly<Record<string, { description?: string } | null>>;
  readonly runs: { readonly using: string; readonly main: string };
}

export function actionYml(action: string): ActionYml {
  return parse(readFileSync(join(ROOT, 'actions', action, 'action.yml'), 'utf8')) as ActionYml;
}

/** The sources of an action by file name, without comments. */
export function sourcesOf(action: string): Map<string, string> {
  const folder = join(ROOT, 'actions', action, 'src');
  return new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => [name.replaceAll('\\', '/'), withoutComments(readFileSync(join(folder, name), 'utf8'))]),
  );
}

/** Comments replaced by nothing; what looks like one inside a string or a template stays. */
export function withoutComments(code: string): string {
  return code.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(,])\/\/[^\n]*/g,
    (_, text: string | undefined) => text ?? '',
  );
}

/** The names that an InputReader is asked for in this code. */
export function inputsRead(code: string): Set<string> {
  const asked =
    /\.(?:text|optionalText|optionalSecret|choice|boolean|integer|duration|lines|optionalLines|parsed|verbatim)(?:<[^()]*>)?\(\s*'([a-z][a-z0-9-]*)'/g;
  return new Set([...code.matchAll(asked)].map(([, name = '']) => name));
}

/** The names of the outputs that this code writes: the keys of the object literals that `outputs(` is given. */
export function outputsWritten(code: string): Set<string> {
  const names = new Set<string>();
  for (const { index } of code.matchAll(/\brun\.outputs\(/g)) {
    const start = index + 'run.outputs('.length;
    if (code[start] !== '{')
      throw new Error(
        `run.outputs takes an object literal, so that its names can be read: ${code.slice(index, index + 60)}`,
      );
    for (const name of keysOf(code, start)) names.add(name);
  }
  return names;
}

/** The keys of the object literal whose brace is at `start`. */
function keysOf(code: string, start: number): string[] {
  const keys: string[] = [];
  const token = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|\.\.\.|[A-Za-z_$][\w$]*|[{}()[\],]|[^\s]/gy;
  token.lastIndex = start;
  let depth = 0;
  let keyNext = false;
  for (;;) {
    while (/\s/.test(code[token.lastIndex] ?? '')) token.lastIndex += 1;
    const text = token.exec(code)?.[0];
    if (text === undefined) throw new Error('an object literal does not end');
    if (/^[}\])]$/.test(text)) {
      depth -= 1;
      if (depth === 0) return keys;
    } else if (/^[{[(]$/.test(text)) {
      depth += 1;
      keyNext = depth === 1;
    } else if (text === ',') keyNext = depth === 1;
    else if (keyNext) {
      keyNext = false;
      if (!/^['\w$]/.test(text)) throw new Error(`"${text}" among the names of run.outputs: write each name out`);
      keys.push(text.replaceAll("'", ''));
    }
  }
}
