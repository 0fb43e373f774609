import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { FALSE_VERDICTS, falseVerdictsPage } from './false-verdicts.ts';
import { actionNames, ROOT } from './project.ts';

interface Input {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

/** What the tables are made from: the parts of action.yml that a reader needs. */
interface Contract {
  readonly inputs?: Readonly<Record<string, Input | null>>;
  readonly outputs?: Readonly<Record<string, { readonly description?: string } | null>>;
}

/** Writes the tables of every action's README from its action.yml, and the page that is made from the tests. Throws, after that, if a README has no place for them. */
export async function writeDocs(root = ROOT): Promise<void> {
  const { readmes, problems } = readmesOf(root);
  for (const { path, present, wanted } of [...readmes, falseVerdicts(root)]) {
    if (present === wanted) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), wanted);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Throws if a README's tables are not those of its action.yml, naming each and the command that writes them. */
export async function checkDocs(root = ROOT): Promise<void> {
  const { readmes, problems } = readmesOf(root);
  for (const { path, present, wanted } of readmes)
    if (present !== wanted)
      problems.push(`${path}: its tables are not those of action.yml; run "npx -y pnpm@12 docs:write"`);
  const { path, present, wanted } = falseVerdicts(root);
  if (present !== wanted) problems.push(`${path}: it is not what the tests say; run "npx -y pnpm@12 docs:write"`);
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

interface Page {
  readonly path: string;
  readonly present: string;
  readonly wanted: string;
}

function falseVerdicts(root: string): Page {
  const present = existsSync(join(root, FALSE_VERDICTS)) ? readFileSync(join(root, FALSE_VERDICTS), 'utf8') : '';
  return { path: FALSE_VERDICTS, present, wanted: falseVerdictsPage(root) };
}

function readmesOf(root: string): { readmes: Page[]; problems: string[] } {
  const readmes: Page[] = [];
  const problems: string[] = [];
  for (const action of actionNames(root)) {
    const path = `actions/${action}/README.md`;
    try {
      const contract = parse(readFileSync(join(root, 'actions', action, 'action.yml'), 'utf8')) as Contract;
      const present = readFileSync(join(root, path), 'utf8');
      const inputs = between(present, 'inputs', inputTable(contract.inputs ?? {}));
      readmes.push({ path, present, wanted: between(inputs, 'outputs', outputTable(contract.outputs ?? {})) });
    } catch (error) {
      problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { readmes, problems };
}

function between(text: string, marker: string, table: string): string {
  const [start, end] = [`<!-- ${marker}:start -->`, `<!-- ${marker}:end -->`];
  const [before, rest, ...more] = text.split(start);
  const after = rest?.split(end);
  if (before === undefined || after?.length !== 2 || more.length > 0)
    throw new Error(`expected one ${start} and one ${end} after it`);
  return `${before}${start}\n${table}${end}${after[1]}`;
}

function inputTable(inputs: NonNullable<Contract['inputs']>): string {
  return table(
    ['Input', 'Default', 'Description'],
    Object.entries(inputs).map(([name, input]) => {
      const fallback = input?.default === undefined || input.default === '' ? '' : code(String(input.default));
      return [code(name), input?.required === true ? '**required**' : fallback, cell(input?.description)];
    }),
  );
}

function outputTable(outputs: NonNullable<Contract['outputs']>): string {
  return table(
    ['Output', 'Description'],
    Object.entries(outputs).map(([name, output]) => [code(name), cell(output?.description)]),
  );
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

function cell(text = ''): string {
  return text.trim().replaceAll('|', '\\|').replace(/\n\n+/g, '<br>').replaceAll('\n', ' ');
}
