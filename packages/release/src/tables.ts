import { type Needs, RUNNER_VARIABLES, variablesIn } from './needs.ts';
import { majorTagOf } from './version.ts';

/** The line that a commit is pinned by, with the version that it is. */
export const PIN = /^- uses: \S+@<commit of \S+> # (v\S+)$/gm;

interface Input {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

/** The parts of action.yml that a reader needs. */
export interface Contract {
  readonly inputs?: Readonly<Record<string, Input | null>>;
  readonly outputs?: Readonly<Record<string, { readonly description?: string } | null>>;
}

export function inputTable(inputs: NonNullable<Contract['inputs']>): string {
  return table(
    ['Input', 'Default', 'Description'],
    Object.entries(inputs).map(([name, input]) => {
      const fallback = input?.default === undefined || input.default === '' ? '' : code(String(input.default));
      return [code(name), input?.required === true ? '**required**' : fallback, cell(input?.description)];
    }),
  );
}

export function outputTable(outputs: NonNullable<Contract['outputs']>): string {
  return table(
    ['Output', 'Description'],
    Object.entries(outputs).map(([name, output]) => [code(name), cell(output?.description)]),
  );
}

/** What the job has to grant its `GITHUB_TOKEN`: always, and for what only some do. */
export function permissionTable(needs: Needs): string {
  const rows = (which: 'permissions' | 'optional-permissions', needed: string) =>
    Object.entries(needs[which]).map(([what, why]) => [code(what), needed, sentence(why)]);
  return table(
    ['Permission', 'Needed', 'For'],
    [...rows('permissions', 'always'), ...rows('optional-permissions', 'sometimes')],
  );
}

export function networkTable({ network }: Needs): string {
  return table(
    ['Destination', 'For'],
    Object.entries(network).map(([what, why]) => [sentence(what), sentence(why)]),
  );
}

export function environmentTable({ environment }: Needs): string {
  const rows = Object.entries(environment).map(([what, why]) => {
    const names = variablesIn(what);
    return [names.length > 0 ? names.map(code).join(', ') : sentence(what), sentence(why)];
  });
  const runner = [...RUNNER_VARIABLES, 'INPUT_*'].map(code).join(', ');
  return table(
    ['Variable', 'For'],
    [...rows, [runner, "The runner's files for outputs and summary, the checkout, debug output, and the inputs"]],
  );
}

/** How to write the action, in the release of this version. A tree cannot name its own commit: one command does. */
export function pinLines(repository: string, action: string, tag: string): string {
  const uses = `- uses: ${repository}/${action}`;
  const major = majorTagOf(tag);
  return [
    '',
    '```yaml',
    `${uses}@${major} # the newest release of major version ${major.slice(1)}`,
    `${uses}@<commit of ${tag}> # ${tag}`,
    '```',
    '',
    `\`git ls-remote https://github.com/${repository} 'refs/tags/${tag}^{}'\` prints that commit.`,
    '',
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '\nNone.\n\n';
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  return `\n${lines.join('')}\n`;
}

function code(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `\`${cell(line)}\``)
    .join('<br>');
}

function sentence(text: string): string {
  const line = cell(text);
  return `${line[0]?.toUpperCase() ?? ''}${line.slice(1)}`;
}

function cell(text = ''): string {
  return text.trim().replaceAll('|', '\\|').replace(/\n\n+/g, '<br>').replaceAll('\n', ' ');
}
