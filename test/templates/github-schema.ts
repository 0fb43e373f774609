import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { parse } from 'yaml';

// GitHub's packages import JSON without saying so, which Node refuses.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { registerLogger, validate } = await import('@actions/languageservice');

type Inputs = Readonly<Record<string, { readonly required?: boolean }>>;

/**
 * The inputs of the third-party actions that the templates use, from the action.yml of the pinned version, as far as a
 * template may want them: a name that is not here is a mistake, or wants adding.
 */
const THIRD_PARTY: Readonly<Record<string, Inputs>> = {
  'actions/checkout': { 'persist-credentials': {}, 'fetch-depth': {}, ref: {}, path: {} },
  'actions/setup-node': { 'node-version': {}, 'node-version-file': {}, 'package-manager-cache': {} },
  'actions/cache': { path: { required: true }, key: { required: true }, 'restore-keys': {} },
  'docker/login-action': { registry: {}, username: {}, password: {} },
  'docker/setup-buildx-action': {},
  'docker/build-push-action': {
    context: {},
    file: {},
    push: {},
    tags: {},
    labels: {},
    'build-args': {},
    platforms: {},
  },
  'aws-actions/configure-aws-credentials': { 'aws-region': { required: true }, 'role-to-assume': {} },
};

let texts = 0;
let faults: string[] = [];

// A fault on its way would end in no findings, as if all were well.
const fault = (message: string) => faults.push(message);
registerLogger({ error: fault, warn: fault, info: () => {}, log: () => {} });

/**
 * What GitHub's own editor support says about a workflow: the schema, the expressions and the contexts in them, and the
 * inputs of every action. One line each, such as `57: Unexpected value 'timeout-minuts'`.
 */
export async function githubSays(file: string, text: string): Promise<readonly string[]> {
  texts += 1;
  faults = [];
  // It remembers what it parsed by the address, and reads no more of a document than these two.
  const document = { uri: `file:///${texts}/.github/workflows/${file}`, getText: () => text };
  const found = await validate(document as Parameters<typeof validate>[0], {
    actionsMetadataProvider: {
      async fetchActionMetadata({ owner, name, path }) {
        const inputs = `${owner}/${name}` === 'org/actions' ? ours(path ?? '') : THIRD_PARTY[`${owner}/${name}`];
        return inputs && { name, description: '', inputs: described(inputs) };
      },
    },
  });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return found.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
}

function ours(name: string): Inputs | undefined {
  const file = new URL(`../../actions/${name}/action.yml`, import.meta.url);
  if (!existsSync(file)) return undefined;
  return (parse(readFileSync(file, 'utf8')) as { inputs?: Inputs }).inputs ?? {};
}

function described(inputs: Inputs) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { required = false }]) => [name, { description: '', required }]),
  );
}
