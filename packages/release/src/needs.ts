import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What -> what for, in the order of the file. */
type Rows = Readonly<Record<string, string>>;

/** `actions/<name>/needs.yml`: what an action needs of its job beyond its inputs, for which action.yml has no place. */
export interface Needs {
  /** `actions: read` of the job's token -> what for. */
  readonly permissions: Rows;
  /** The same for what only some of its users do. */
  readonly 'optional-permissions': Rows;
  /** Where it connects to, in Markdown. */
  readonly network: Rows;
  /** Names of variables, a comma between them, or what cannot be named in words -> what they are read for. */
  readonly environment: Rows;
}

const REQUIRED = ['permissions', 'network', 'environment'] as const;
const SECTIONS = ['permissions', 'optional-permissions', 'network', 'environment'] as const;
/** docs.github.com, "Workflow syntax", permissions. */
const PERMISSION = /^[a-z]+(?:-[a-z]+)*: (?:read|write)$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*\*?$/;

/** What every action reads of its runner. */
export const RUNNER_VARIABLES = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_WORKSPACE', 'RUNNER_DEBUG'];

/** Throws with all that is wrong with the file. */
export function readNeeds(root: string, action: string): Needs {
  const path = `actions/${action}/needs.yml`;
  if (!existsSync(join(root, path)))
    throw new Error(`there is no ${path}, which says what the action needs: CONTRIBUTING.md says what to write`);
  const found: unknown = parse(readFileSync(join(root, path), 'utf8'));
  const sections = isMap(found) ? found : {};
  const problems = [
    ...Object.keys(sections)
      .filter((name) => !SECTIONS.some((known) => known === name))
      .map((name) => `${path}: it has no "${name}"; expected ${SECTIONS.join(', ')}`),
    ...REQUIRED.filter((name) => !isMap(sections[name])).map(
      (name) => `${path}: "${name}" is missing; where there is none, write "${name}: {}"`,
    ),
    ...SECTIONS.flatMap((name) => strangers(path, name, sections[name])),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const rows = (name: string) => (sections[name] ?? {}) as Rows;
  return {
    permissions: rows('permissions'),
    'optional-permissions': rows('optional-permissions'),
    network: rows('network'),
    environment: rows('environment'),
  };
}

/** The variables that a row names, some as `AWS_*`; none when it says in words what cannot be named. */
export function variablesIn(row: string): string[] {
  const names = row.split(',').map((name) => name.trim());
  return names.every((name) => VARIABLE.test(name)) ? names : [];
}

/** Whether the README says that the action reads a variable. */
export function saysItReads({ environment }: Pick<Needs, 'environment'>, variable: string): boolean {
  return [...RUNNER_VARIABLES, 'INPUT_*', ...Object.keys(environment).flatMap(variablesIn)].some((name) =>
    name.endsWith('*') ? variable.startsWith(name.slice(0, -1)) : variable === name,
  );
}

function strangers(path: string, section: string, rows: unknown): string[] {
  if (!isMap(rows)) return rows === undefined ? [] : [`${path}: "${section}" is not a map of what to what for`];
  return Object.entries(rows).flatMap(([what, why]) => {
    const place = `${path}: "${what}" of ${section}`;
    return [
      ...(typeof why === 'string' && why.trim() !== '' ? [] : [`${place} does not say what for`]),
      ...(section.endsWith('permissions') && !PERMISSION.test(what)
        ? [`${place} is not a permission such as "contents: read"`]
        : []),
    ];
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
