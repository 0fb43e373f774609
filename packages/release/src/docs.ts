import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { FALSE_VERDICTS, falseVerdictsPage } from './false-verdicts.ts';
import { readNeeds } from './needs.ts';
import { actionNames, ROOT } from './project.ts';
import {
  type Contract,
  environmentTable,
  inputTable,
  networkTable,
  outputTable,
  permissionTable,
  pinLines,
} from './tables.ts';
import { tagOf } from './tree.ts';

/** Writes the tables of every action's README from its action.yml and needs.yml, and the page that is made from the tests. Throws, after that, if a README has no place for them. */
export async function writeDocs(root = ROOT): Promise<void> {
  const { readmes, problems } = readmesOf(root);
  for (const { path, present, wanted } of [...readmes, falseVerdicts(root)]) {
    if (present === wanted) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), wanted);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Throws if a README's tables are not those of its action.yml and needs.yml, naming each and the command that writes them. */
export async function checkDocs(root = ROOT): Promise<void> {
  const { readmes, problems } = readmesOf(root);
  for (const { path, present, wanted } of readmes)
    if (present !== wanted)
      problems.push(`${path}: its tables are not those of action.yml and needs.yml; run "npx -y pnpm@12 docs:write"`);
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
      const present = readFileSync(join(root, path), 'utf8');
      const wanted = Object.entries(tablesOf(root, action)).reduce(
        (text, [marker, table]) => between(text, marker, table),
        present,
      );
      readmes.push({ path, present, wanted });
    } catch (error) {
      problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { readmes, problems };
}

/** Marker -> what stands between it and its end. */
function tablesOf(root: string, action: string): Readonly<Record<string, string>> {
  const contract = parse(readFileSync(join(root, 'actions', action, 'action.yml'), 'utf8')) as Contract;
  const needs = readNeeds(root, action);
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: string };
  return {
    pin: pinLines(repository, action, tagOf(root)),
    inputs: inputTable(contract.inputs ?? {}),
    outputs: outputTable(contract.outputs ?? {}),
    permissions: permissionTable(needs),
    network: networkTable(needs),
    environment: environmentTable(needs),
  };
}

function between(text: string, marker: string, table: string): string {
  const [start, end] = [`<!-- ${marker}:start -->`, `<!-- ${marker}:end -->`];
  const [before, rest, ...more] = text.split(start);
  const after = rest?.split(end);
  if (before === undefined || after?.length !== 2 || more.length > 0)
    throw new Error(`expected one ${start} and one ${end} after it`);
  return `${before}${start}\n${table}${end}${after[1]}`;
}
