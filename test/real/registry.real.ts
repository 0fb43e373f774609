import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { httpClient } from '@delivery-actions/http';
import { dockerCredentials, ociRegistry, parseReference } from '@delivery-actions/oci';
import { pushImage, pushIndex, startRegistry } from '@delivery-actions/stand-ins';
import { REGISTRY_CONTRACT, type RegistryManners } from '../../packages/stand-ins/test/registry-contract.ts';
import { goTool, type NotHere } from './installed.ts';
import { judgeImages } from './registry-images.ts';

export const name = 'registries and crane agree with the stand-in registry and with packages/oci';

/** A platform's own program, run without stopping this process: the stand-in lives here. */
const runFile = promisify(execFile);

export async function run(): Promise<'passed' | NotHere> {
  const crane = goTool('crane', 'github.com/google/go-containerregistry/cmd/crane', 'v0.22.1');
  const debian = dockerRegistry();
  const place = mkdtempSync(join(tmpdir(), 'registry-'));
  try {
    if (typeof debian !== 'string') console.log(`  docker-registry is not judged: ${debian.skipped}`);
    else {
      await judgeDockerRegistry(debian, place);
      if (typeof crane === 'string')
        for (const login of [undefined, LOGIN]) await judgeImagesIn(debian, crane, place, login);
    }
    if (typeof crane !== 'string') console.log(`  crane is not judged: ${crane.skipped}`);
    else {
      await judgeCraneRegistry(crane);
      const port = await freePort();
      const serve = ['registry', 'serve', '--address', `127.0.0.1:${port}`];
      await serving(crane, serve, port, async () =>
        toldImages('crane registry serve', await judgeImages({ crane, place, host: `127.0.0.1:${port}` })),
      );
      await using standIn = await startRegistry();
      toldImages('the stand-in', await judgeImages({ crane, place, host: standIn.host }));
      await judgeByCrane(crane, place);
    }
    if (typeof debian !== 'string' && typeof crane !== 'string')
      return { skipped: `docker-registry: ${debian.skipped}; crane: ${crane.skipped}` };
    return 'passed';
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const LOGIN = { username: 'deployer', password: 'correct horse' };
/** bcrypt of that password, as htpasswd makes it. */
const HTPASSWD = `${LOGIN.username}:$2b$05$Yz0WOlLHFcvns3/YejlG3ewL/DXLhjWni/gb8TwjW/hdFzsX2alz.\n`;

function toldImages(what: string, checks: number): void {
  console.log(`  images by crane in ${what}: ${checks} checks`);
}

/** docker-registry, for anybody or behind a password. */
async function judgeImagesIn(program: string, crane: string, place: string, login: typeof LOGIN | undefined) {
  const port = await freePort();
  const config = join(place, `registry-${port}.yml`);
  const passwords = join(place, 'htpasswd');
  writeFileSync(passwords, HTPASSWD);
  const auth = login === undefined ? '' : `auth: {htpasswd: {realm: registry, path: ${passwords}}}\n`;
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {inmemory: {}}\nhttp: {addr: 127.0.0.1:${port}}\n${auth}`,
  );
  await serving(program, ['serve', config], port, async () => {
    const host = `127.0.0.1:${port}`;
    const checks = await judgeImages({ crane, place, host, ...(login === undefined ? {} : { login }) });
    toldImages(`${program}${login === undefined ? '' : ' with htpasswd'}`, checks);
  });
}

/** Debian's docker-registry 2.8.2 is the likeness that the stand-in has. */
async function judgeDockerRegistry(program: string, place: string): Promise<void> {
  const port = await freePort();
  const config = join(place, 'registry.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {inmemory: {}}\nhttp: {addr: 127.0.0.1:${port}}\n`,
  );
  await keepingContract(program, ['serve', config], port, {
    indexWithoutAccept: 404,
    missingRepository: 'MANIFEST_UNKNOWN',
    checksLayers: true,
    mounts: true,
  });
}

async function judgeCraneRegistry(crane: string): Promise<void> {
  const port = await freePort();
  await keepingContract(crane, ['registry', 'serve', '--address', `127.0.0.1:${port}`], port, {
    indexWithoutAccept: 200,
    missingRepository: 'NAME_UNKNOWN',
    checksLayers: false,
    mounts: false,
  });
}

/** crane is the oracle: what it reads and writes through the stand-in is what we pushed and resolve. */
async function judgeByCrane(crane: string, place: string): Promise<void> {
  const login = LOGIN;
  await using registry = await startRegistry();
  const digest = await pushImage(registry.url, 'acme/app', 'v1', { files: { 'app/server.js': 'hello\n' } });
  const index = await pushIndex(registry.url, 'acme/app', 'all', [
    { files: { a: 'amd64' }, platform: 'linux/amd64' },
    { files: { a: 'arm64' }, platform: 'linux/arm64' },
  ]);
  const env = { ...process.env, DOCKER_CONFIG: place };
  const ask = async (...args: string[]) => (await runFile(crane, args, { env })).stdout.trim();
  const app = `${registry.host}/acme/app`;
  const http = httpClient();
  const resolve = (image: string) =>
    ociRegistry({ http, credentials: dockerCredentials({ env }) }).digest(parseReference(image));

  assert.equal(await ask('digest', `${app}:v1`), digest);
  assert.equal(await ask('digest', `${app}:all`), index);
  assert.equal(await ask('export', `${app}:v1`, '-').then((tar) => tar.includes('server.js')), true);
  await ask('validate', '--remote', `${app}:v1`);
  assert.deepEqual((await ask('ls', app)).split('\n').sort(), ['all', 'all-amd64', 'all-arm64', 'v1']);
  await ask('copy', `${app}:all`, `${registry.host}/mirror/app:all`);
  assert.equal(await resolve(`${registry.host}/mirror/app:all`), index);
  await ask('mutate', '--label', 'a=b', '-t', `${app}:v2`, `${app}:v1`);
  assert.equal(await resolve(`${app}:v2`), await ask('digest', `${app}:v2`));
  await assert.rejects(ask('digest', `${app}:missing`), /MANIFEST_UNKNOWN|404/);

  for (const kind of ['basic', 'token'] as const) {
    registry.behaviour.access = { kind, login };
    await assert.rejects(ask('digest', `${app}:v1`), /UNAUTHORIZED/);
    await assert.rejects(resolve(`${app}:v1`), /credentials/);
    // crane writes the docker config that we read.
    await ask('auth', 'login', registry.host, '-u', login.username, '-p', login.password);
    assert.equal(await ask('digest', `${app}:v1`), digest);
    assert.equal(await resolve(`${app}:v1`), digest);
    await ask('copy', `${app}:v1`, `${registry.host}/mirror/${kind}:v1`);
    assert.equal(await resolve(`${registry.host}/mirror/${kind}:v1`), digest);
    await ask('auth', 'logout', registry.host);
  }
}

async function serving(program: string, args: readonly string[], port: number, use: (url: string) => Promise<void>) {
  const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  try {
    const url = `http://127.0.0.1:${port}`;
    await answering(`${url}/v2/`, server);
    await use(url);
  } finally {
    const ended = new Promise((resolve) => server.once('close', resolve));
    if (server.kill()) await ended;
  }
}

async function keepingContract(program: string, args: readonly string[], port: number, manners: RegistryManners) {
  await serving(program, args, port, async (url) => {
    for (const { name: what, check } of REGISTRY_CONTRACT) {
      await check(url, manners).catch((cause: unknown) => {
        throw new Error(`${program} ${args[0]}: ${what}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      });
    }
    console.log(`  ${program} ${args.slice(0, 2).join(' ')}: ${REGISTRY_CONTRACT.length} checks`);
  });
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  let failure: Error | undefined;
  server.once('error', (error) => {
    failure = error;
  });
  for (let tries = 0; tries < 100; tries += 1) {
    if (failure !== undefined || server.exitCode !== null)
      throw new Error(`the registry ended by itself: ${failure?.message ?? `exit code ${server.exitCode}`}`);
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    );
    // 401 is the answer of one that wants a password.
    if (status === 200 || status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not answer within 10 s`);
}

/** Debian's package, installed when this user may. */
function dockerRegistry(): string | NotHere {
  const there = () => spawnSync('docker-registry', ['--version'], { stdio: 'ignore' }).status === 0;
  if (there()) return 'docker-registry';
  if (process.getuid?.() !== 0)
    return { skipped: 'it is not here, and only root can install it: apt-get install docker-registry' };
  const args = ['install', '--yes', '--no-install-recommends', 'docker-registry'];
  console.log(`  installing: apt-get ${args.join(' ')}`);
  // The first try may find a package list that is out of date.
  for (let tries = 0; tries < 2 && !there(); tries += 1) {
    if (tries === 1) spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  return there() ? 'docker-registry' : { skipped: 'it is not here, and apt-get install docker-registry failed' };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
