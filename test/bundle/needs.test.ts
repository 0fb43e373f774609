import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { actionNames, ROOT, readNeeds, saysItReads, variablesIn } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { actionYml } from '../contract/action.ts';
import { newFolder } from '../release/copy.ts';
import { deliver, remoteWithRelease, templates } from '../release/deliver.ts';

/** In a bundle, and of no interest to whoever uses the action. */
const UNUSED: Readonly<Record<string, string>> = {
  GITHUB_ENV: 'exportVariable of @actions/core, which nothing calls',
  GITHUB_PATH: 'addPath of @actions/core, which nothing calls',
  GITHUB_STATE: 'saveState of @actions/core, which nothing calls',
  PATH: 'addPath of @actions/core; programs are looked up in it by the system',
  LOG_STREAM: 'a debugging aid of yaml',
  LOG_TOKENS: 'a debugging aid of yaml',
  NODE_DEBUG: 'a debugging aid of semver',
};

function shipped(action: string): string {
  const folder = join(ROOT, 'actions', action, 'dist');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** The variables that this code reads by a name that is written there. */
function variablesRead(code: string): string[] {
  const direct = [...code.matchAll(/(?<!\{\{ )\benv(?:\.|\[['"])([A-Z]\w*)/g)].map(([, name = '']) => name);
  const taken = [...code.matchAll(/\{([^{}]*)\}\s*=\s*[\w.]*\benv\b/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/(?:^|,)\s*([A-Z]\w*)/g)].map(([, name = '']) => name),
  );
  // The AWS SDK hands names on before it reads them.
  const constants = [...code.matchAll(/['"](AWS_[A-Z0-9_]+)['"]/g)].map(([, name = '']) => name);
  return [...new Set([...direct, ...taken, ...constants])].sort();
}

/** As Node calls the modules that can open a connection. */
const CONNECTS =
  /['"](?:node:)?(?:net|tls|http|https|http2|dgram|dns|dns\/promises|inspector)['"]|\bfetch\(|\bWebSocket\(/;

/** In the message of a test that is red. */
const correct = (action: string) => `correct actions/${action}/needs.yml, then run "npx -y pnpm@12 docs:write"`;

describe.each(actionNames())('what %s says that it needs, against what ships', (action) => {
  const needs = readNeeds(ROOT, action);
  const code = shipped(action);

  it('names every variable that is read', () => {
    // The run's context is in every bundle; who asks for it is seen when it runs.
    const read = variablesRead(code).filter((name) => !name.startsWith('GITHUB_') && !(name in UNUSED));
    const unsaid = read.filter((name) => !saysItReads(needs, name));
    expect(unsaid, `the bundle reads these variables: ${correct(action)}`).toEqual([]);
  });

  it('names none that is not there', () => {
    const named = Object.keys(needs.environment).flatMap(variablesIn);
    // proxy-from-env puts their names together; Node's own agents are given the environment.
    const proxies = /['"]_proxy['"]/.test(code)
      ? ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
      : code.includes('proxyEnv')
        ? ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']
        : [];
    const absent = named.filter((name) => !proxies.includes(name) && !code.includes(name.replace('*', '')));
    expect(absent, `the bundle does not read these variables: ${correct(action)}`).toEqual([]);
    const namedProxies = named.filter((name) => name.endsWith('_PROXY')).sort();
    expect(namedProxies, `the bundle heeds the variables for a proxy: ${correct(action)}`).toEqual(proxies.sort());
  });

  it('has a network destination exactly when the bundle can connect to one', () => {
    const connects = CONNECTS.test(code);
    const says = connects ? 'can connect, and no destination is named' : 'cannot connect, and a destination is named';
    expect(Object.keys(needs.network).length > 0, `the bundle ${says}: ${correct(action)}`).toBe(connects);
  });

  it('says "always" of a permission that its own token needs', () => {
    const inputs = Object.values(actionYml(action).inputs ?? {});
    const hasToken = inputs.some((input) => String(input?.default).includes('github.token'));
    const own = Object.values(needs.permissions).filter((why) => !/does not use the token/.test(why));
    const says = hasToken ? 'has the token as an input' : 'has no input for the token';
    expect(own.length > 0, `the action ${says}: ${correct(action)}`).toBe(hasToken);
  });
});

it('reads in a delivery no variable that its README does not name', async () => {
  const { remote } = await remoteWithRelease();
  const file = join(newFolder(), 'reads');
  const recorder = pathToFileURL(join(ROOT, 'test/bundle/record-reads.mjs')).href;
  const { jobs } = await deliver(templates, remote, { NODE_OPTIONS: `--import=${recorder}`, RECORD_READS: file });
  expect(jobs.filter((job) => !job.endsWith(' success'))).toEqual([]);

  const reads = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, action = '', name = ''] = /([\w-]+)[\\/]dist[\\/]index\.js\t(.+)$/.exec(line) ?? [];
      return actionNames().includes(action) ? [{ action, name }] : [];
    });
  const used = [...templates.join('\n').matchAll(/uses: org\/actions\/([\w-]+)@/g)].map(([, action]) => action);
  expect([...new Set(reads.map(({ action }) => action))].sort()).toEqual([...new Set(used)].sort());
  // What the consumer's own test file asks for.
  const tests = readFileSync(join(ROOT, 'packages/rehearsal/service/deploy/smoke-tests.yml'), 'utf8');
  const unsaid = reads.filter(({ action, name }) => {
    if (action === 'smoke-test' && tests.includes(`\${${name}}`)) return false;
    const variable = /_proxy$/.test(name) ? name.toUpperCase() : name;
    return !saysItReads(readNeeds(ROOT, action), variable) && !(name in UNUSED);
  });
  expect(unsaid, 'a bundle reads these variables; correct its needs.yml').toEqual([]);
}, 60_000);
