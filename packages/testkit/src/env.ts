import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

/** What surrounds a step: `with:`, `env:` and the event that started the run. */
export interface Circumstances {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: { readonly name: string; readonly payload?: unknown; readonly sha?: string; readonly ref?: string };
  /** Files of the checked-out repository, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** A workspace that exists already; else a new empty one is made. */
  readonly workspace?: string;
}

export const SHA = 'a3f91c2b04de5f6718293a4b5c6d7e8f90a1b2c3';

/** The environment of a step as the runner makes it: inputs with the defaults of action.yml, and GITHUB_*. */
export function stepEnv(
  action: string,
  { inputs = {}, env = {}, event = { name: 'push' }, files = {}, workspace }: Circumstances,
): Record<string, string> {
  const home = mkdtempSync(join(tmpdir(), 'step-'));
  const root = workspace ?? join(home, 'workspace');
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const eventPath = join(home, 'event.json');
  writeFileSync(eventPath, JSON.stringify(event.payload ?? {}));
  for (const name of ['output', 'summary', 'env', 'state', 'path']) writeFileSync(join(home, name), '');
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_REF: event.ref ?? 'refs/heads/main',
    GITHUB_REPOSITORY: 'acme/checkout-service',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '4711',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: event.sha ?? SHA,
    GITHUB_WORKFLOW: 'deliver',
    GITHUB_WORKSPACE: root,
    GITHUB_OUTPUT: join(home, 'output'),
    GITHUB_STEP_SUMMARY: join(home, 'summary'),
    GITHUB_ENV: join(home, 'env'),
    GITHUB_STATE: join(home, 'state'),
    GITHUB_PATH: join(home, 'path'),
    RUNNER_ARCH: 'X64',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: home,
    ...inputVariables({ ...defaults(action), ...inputs }),
    ...env,
  };
}

function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );
}

/** The runner sets every declared input, to an empty string when it has neither a value nor a default. */
function defaults(action: string): Record<string, string> {
  const path = new URL(`../../../actions/${action}/action.yml`, import.meta.url);
  const { inputs = {} } = parse(readFileSync(path, 'utf8')) as {
    inputs?: Record<string, { default?: unknown } | null>;
  };
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, String(input?.default ?? '')]));
}
