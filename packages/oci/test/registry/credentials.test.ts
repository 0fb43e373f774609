import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dockerCredentials, RegistryFailure } from '../../src/index.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A docker config, and helpers as programs of a folder on the PATH. */
function machine(config: unknown, helpers: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'docker-'));
  writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  for (const [name, script] of Object.entries(helpers)) {
    const program = join(folder, `docker-credential-${name}`);
    writeFileSync(program, `#!${process.execPath}\n${script}\n`);
    chmodSync(program, 0o755);
  }
  const secrets: string[] = [];
  const env = { DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${process.env.PATH}` };
  const store = dockerCredentials({ env, mask: (secret) => secrets.push(secret) });
  return { folder, store, secrets };
}

async function failure(answer: Promise<unknown>): Promise<string> {
  const error: unknown = await answer.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(RegistryFailure);
  return (error as RegistryFailure).message;
}

describe('the docker config', () => {
  it('has names and passwords in auths, by host or by an old address', async () => {
    const { store, secrets, folder } = machine({
      auths: {
        'ghcr.io': { auth: base64('octocat:ghp:with:colons') },
        'https://registry.example/v2/': { username: 'u', password: 'p2' },
        'empty.example': {},
        'token.example': { auth: base64('u:p'), identitytoken: 'refresh' },
      },
    });
    const source = join(folder, 'config.json');
    expect(await store('ghcr.io')).toEqual({
      kind: 'password',
      username: 'octocat',
      password: 'ghp:with:colons',
      source,
    });
    expect(await store('registry.example')).toEqual({ kind: 'password', username: 'u', password: 'p2', source });
    expect(await store('token.example')).toEqual({
      kind: 'identity-token',
      token: 'refresh',
      username: 'u',
      source,
    });
    expect(await store('empty.example')).toBeUndefined();
    expect(await store('other.example')).toBeUndefined();
    expect(secrets).toEqual(['ghp:with:colons', 'p2', 'refresh']);
  });

  it('knows Docker Hub by its own key, and no other host by a part of its name', async () => {
    const { store } = machine({
      auths: { 'https://index.docker.io/v1/': { auth: base64('me:pw') }, io: { auth: base64('x:y') } },
    });
    expect(await store('docker.io')).toMatchObject({ username: 'me' });
    expect(await store('ghcr.io')).toBeUndefined();
  });

  it('may be absent', async () => {
    expect(await dockerCredentials({ env: {} })('ghcr.io')).toBeUndefined();
    expect(await dockerCredentials({ env: { HOME: '/nowhere' } })('ghcr.io')).toBeUndefined();
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    mkdirSync(join(home, '.docker'));
    writeFileSync(
      join(home, '.docker', 'config.json'),
      JSON.stringify({ auths: { 'ghcr.io': { auth: base64('a:b') } } }),
    );
    expect(await dockerCredentials({ env: { HOME: home } })('ghcr.io')).toMatchObject({ username: 'a' });
  });

  it('that cannot be read is an error without what stands in it', async () => {
    const broken = machine('{"auths": {"ghcr.io": {"auth": "c2VjcmV0"');
    expect(await failure(broken.store('ghcr.io'))).toBe(
      `the docker config ${broken.folder}/config.json cannot be read as a JSON object`,
    );
    const half = machine({ auths: { 'ghcr.io': { auth: base64('no colon') } } });
    expect(await failure(half.store('ghcr.io'))).toContain('has no user name and password for ghcr.io');
  });
});

describe('the files of podman', () => {
  /** A home with docker's and podman's files; `undefined` leaves one out. */
  function home(files: Readonly<Record<string, unknown>>) {
    const folder = mkdtempSync(join(tmpdir(), 'home-'));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), JSON.stringify(content));
    }
    return folder;
  }
  const auths = (key: string, user: string) => ({ auths: { [key]: { auth: base64(`${user}:pw`) } } });

  it('are read where docker knows nothing: of the session, then of the user', async () => {
    const folder = home({
      '.docker/config.json': auths('ghcr.io', 'docker'),
      'run/containers/auth.json': {
        auths: { 'ghcr.io': { auth: base64('session:x') }, ...auths('quay.io', 's').auths },
      },
      '.config/containers/auth.json': {
        auths: { ...auths('quay.io', 'user').auths, ...auths('own.example', 'u').auths },
      },
    });
    const store = dockerCredentials({ env: { HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run') } });
    const found = async (registry: string) =>
      (await store(registry)) as { username: string; source: string } | undefined;
    expect((await found('ghcr.io'))?.username).toBe('docker');
    expect(await found('quay.io')).toMatchObject({ username: 's', source: join(folder, 'run/containers/auth.json') });
    expect((await found('own.example'))?.username).toBe('u');
    expect(await found('other.example')).toBeUndefined();
  });

  it('go first when REGISTRY_AUTH_FILE names one', async () => {
    const folder = home({ '.docker/config.json': auths('ghcr.io', 'docker'), 'auth.json': auths('ghcr.io', 'named') });
    const store = dockerCredentials({ env: { HOME: folder, REGISTRY_AUTH_FILE: join(folder, 'auth.json') } });
    expect(await store('ghcr.io')).toMatchObject({ username: 'named' });
    const gone = dockerCredentials({ env: { HOME: folder, REGISTRY_AUTH_FILE: join(folder, 'gone.json') } });
    expect(await gone('ghcr.io')).toMatchObject({ username: 'docker' });
  });

  it('may have credentials of one repository, which no other one gets', async () => {
    const keys = { 'quay.io/acme/app': 'app', 'quay.io/acme': 'acme', 'quay.io': 'all', 'own.example/team': 'team' };
    const folder = home({
      'auth.json': {
        auths: Object.fromEntries(Object.entries(keys).map(([key, user]) => [key, { auth: base64(`${user}:x`) }])),
      },
    });
    const store = dockerCredentials({ env: { REGISTRY_AUTH_FILE: join(folder, 'auth.json') } });
    const user = async (registry: string, repository?: string) =>
      ((await store(registry, repository)) as { username?: string } | undefined)?.username;
    expect(await user('quay.io', 'acme/app')).toBe('app');
    expect(await user('quay.io', 'acme/app2')).toBe('acme');
    expect(await user('quay.io', 'other/app')).toBe('all');
    expect(await user('own.example', 'team/app')).toBe('team');
    expect(await user('own.example', 'teams/app')).toBeUndefined();
    expect(await user('own.example')).toBeUndefined();
  });
});

describe('credential helpers', () => {
  const echo = `
    let key = '';
    process.stdin.on('data', (chunk) => { key += chunk; }).on('end', () => {
      console.log(JSON.stringify({ ServerURL: key.trim(), Username: 'AWS', Secret: process.argv[2] + ' ' + key.trim() }));
    });`;

  it('are asked without a shell, the one for the registry before the one for all', async () => {
    const { store, secrets } = machine(
      { credHelpers: { '1.dkr.ecr.eu-west-1.amazonaws.com': 'ecr' }, credsStore: 'all', auths: { 'ghcr.io': {} } },
      { ecr: echo, all: `console.log(JSON.stringify({ Username: '<token>', Secret: 'refresh' }))` },
    );
    expect(await store('1.dkr.ecr.eu-west-1.amazonaws.com')).toEqual({
      kind: 'password',
      username: 'AWS',
      password: 'get 1.dkr.ecr.eu-west-1.amazonaws.com',
      source: 'docker-credential-ecr',
    });
    expect(await store('ghcr.io')).toEqual({
      kind: 'identity-token',
      token: 'refresh',
      source: 'docker-credential-all',
    });
    expect(secrets).toEqual(['get 1.dkr.ecr.eu-west-1.amazonaws.com', 'refresh']);
  });

  it('that know nothing leave it to auths', async () => {
    const nothing = `console.log('credentials not found in native keychain'); process.exit(1)`;
    const { store } = machine({ credsStore: 'none', auths: { 'ghcr.io': { auth: base64('a:b') } } }, { none: nothing });
    expect(await store('ghcr.io')).toMatchObject({ username: 'a' });
    expect(await store('other.example')).toBeUndefined();
  });

  it('that fail are errors that name the program, and never what it printed', async () => {
    const { store } = machine(
      {
        credHelpers: { 'a.example': 'missing', 'b.example': 'failing', 'c.example': 'talking', 'd.example': '../evil' },
      },
      { failing: `console.log('hunter2'); process.exit(3)`, talking: `console.log('hunter2')` },
    );
    expect(await failure(store('a.example'))).toBe(
      'docker-credential-missing gave no credentials for a.example: it is not on the PATH',
    );
    expect(await failure(store('b.example'))).toBe(
      'docker-credential-failing gave no credentials for b.example: it ended with exit code 3',
    );
    expect(await failure(store('c.example'))).toBe(
      'docker-credential-talking answered something that is no user name and secret',
    );
    expect(await failure(store('d.example'))).toBe(
      '"../evil" in the docker config cannot be the name of a credential helper',
    );
  });
});
