import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpClient } from '@delivery-actions/http';
import { ociRegistry } from '@delivery-actions/oci';
import { pushImage, type RegistryStandIn, startRegistry } from '@delivery-actions/stand-ins';
import { type Circumstances, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';
import { checkout, write } from './checkout.ts';

const ENV = { ImageOS: 'ubuntu24', PATH: process.env.PATH ?? '', DOCKER_CONFIG: '/nowhere' };

function run(workspace: string, inputs: Record<string, string> = {}, more: Circumstances = {}) {
  return runMain('cache-key', main, { workspace, inputs, ...more, env: { ...ENV, ...more.env } });
}

async function keyOf(workspace: string, inputs: Record<string, string> = {}, more: Circumstances = {}) {
  const { outputs, annotations } = await run(workspace, inputs, more);
  expect(annotations).toEqual([]);
  return { key: outputs.key ?? '', restore: outputs['restore-keys'] ?? '' };
}

/** A checkout with one lockfile, and the key that it has. */
const LOCKED = { 'package-lock.json': '{"lockfileVersion":3}\n', 'src/index.js': '' };

describe('the key', () => {
  it('is a readable prefix, the OS image, the architecture and a fixed-length hash', async () => {
    const { exitCode, outputs, lines } = await run(checkout(LOCKED));
    expect(exitCode).toBe(0);
    expect(outputs.key).toMatch(/^deps--ubuntu24--x64--[0-9a-f]{64}$/);
    expect(outputs['restore-keys']).toBe(outputs.key?.slice(0, -40));
    expect(lines.at(-1)).toBe(`${outputs.key} from 1 lockfile`);
    expect(JSON.parse(outputs.inputs ?? '')).toEqual([
      { kind: 'os-image', name: 'os', value: 'ubuntu24', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { kind: 'architecture', name: 'arch', value: 'x64', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      {
        kind: 'lockfile',
        name: 'package-lock.json',
        value: 'sha256:f25e7d293543b03d1a2cab20f9827739fd644af8400382bc4f6a5124e46aead0',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it('is the same for the same inputs, wherever and in whatever order they are given', async () => {
    const inputs = { toolchain: 'node=24.9.0\npnpm=12.1.0', environment: 'A\nB' };
    const first = await keyOf(checkout(LOCKED), inputs, { env: { A: '1', B: '2' } });
    const second = await keyOf(
      checkout({ ...LOCKED, 'src/index.js': 'changed' }),
      { toolchain: 'pnpm = 12.1.0\nnode = 24.9.0', environment: 'B\nA' },
      { env: { B: '2', A: '1' } },
    );
    expect(second).toEqual(first);
  });

  it('keeps its restore key when only a lockfile changed, and loses it when anything else did', async () => {
    const before = await keyOf(checkout(LOCKED), { toolchain: 'node=24.9.0' });
    const dependency = await keyOf(checkout({ ...LOCKED, 'package-lock.json': '{}\n' }), { toolchain: 'node=24.9.0' });
    expect(dependency.key).not.toBe(before.key);
    expect(dependency.restore).toBe(before.restore);
    const tool = await keyOf(checkout(LOCKED), { toolchain: 'node=24.9.1' });
    expect(tool.restore).not.toBe(before.restore);
  });
});

describe('lockfiles', () => {
  it('C01 no lockfile is an error, not one key for everything', async () => {
    const { exitCode, annotations, outputs } = await run(checkout({ 'README.md': '' }));
    expect(exitCode).toBe(1);
    expect(outputs).toEqual({});
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'No lockfile',
        message: 'No lockfile was found in this checkout, so the key would be the same whatever the dependencies are.',
        hint: 'commit the lockfile, or name the files that pin the dependencies:\nlockfiles: path/to/lockfile',
      },
    ]);
  });

  it('C01 a line of lockfiles that no file matches is an error, although others match', async () => {
    const { annotations } = await run(checkout(LOCKED), { lockfiles: 'well-known\n**/yarn.lok\nservices/api/go.sum' });
    expect(annotations.map(({ message }) => message)).toEqual([
      'No file of this checkout matches "**/yarn.lok".',
      'services/api/go.sum is not there.',
    ]);
  });

  it('C01 a lockfile that git ignores is named, with the line that takes it', async () => {
    const folder = checkout({ '.gitignore': 'package-lock.json\n' });
    write(folder, { 'package-lock.json': '{}' });
    const { annotations } = await run(folder);
    expect(annotations[0]?.message).toContain('Git ignores package-lock.json.');
    expect(annotations[0]?.hint).toContain('lockfiles: package-lock.json');
    expect((await keyOf(folder, { lockfiles: 'package-lock.json' })).key).toMatch(/^deps--/);
  });

  it('C03 a lockfile that was renamed or moved gives another key', async () => {
    const keys = new Set<string>();
    for (const path of ['yarn.lock', 'Cargo.lock', 'web/yarn.lock', 'api/yarn.lock'])
      keys.add((await keyOf(checkout({ [path]: 'the same text\n' }))).key);
    expect(keys.size).toBe(4);
  });

  it('C03 two lockfiles that changed places give another key', async () => {
    const before = await keyOf(checkout({ 'a/go.sum': 'one\n', 'b/go.sum': 'two\n' }));
    const after = await keyOf(checkout({ 'a/go.sum': 'two\n', 'b/go.sum': 'one\n' }));
    expect(after.key).not.toBe(before.key);
  });

  it('C04 a checkout with CRLF has the same key as one with LF', async () => {
    const unix = await keyOf(checkout({ 'yarn.lock': 'a\nb\n', 'go.sum': 'c\n' }));
    expect(await keyOf(checkout({ 'yarn.lock': 'a\r\nb\r\n', 'go.sum': 'c\r\n' }))).toEqual(unix);
    expect(await keyOf(checkout({ 'yarn.lock': 'a\nb', 'go.sum': 'c\n' }))).not.toEqual(unix);
  });

  it('count as they are on the disk: changed since the checkout, and new but not ignored', async () => {
    const folder = checkout({ ...LOCKED, '.gitignore': 'node_modules/\n' });
    const committed = await keyOf(folder);
    write(folder, { 'node_modules/x/yarn.lock': 'ignored' });
    expect(await keyOf(folder)).toEqual(committed);
    write(folder, { 'package-lock.json': 'changed by a step' });
    const changed = await keyOf(folder);
    write(folder, { 'api/go.sum': 'written by a step' });
    const added = await keyOf(folder);
    expect(new Set([committed.key, changed.key, added.key]).size).toBe(3);
  });

  it('that git has and a sparse checkout has not do not count, and none left is an error', async () => {
    const folder = checkout({ 'a/go.sum': 'a', 'b/go.sum': 'b' });
    rmSync(join(folder, 'b'), { recursive: true });
    expect(await keyOf(folder)).toEqual(await keyOf(checkout({ 'a/go.sum': 'a' })));
    rmSync(join(folder, 'a'), { recursive: true });
    const { annotations } = await run(folder);
    expect(annotations[0]?.message).toBe(
      'No lockfile is left to read: git knows a/go.sum, b/go.sum, which this checkout does not have.',
    );
  });

  it('are what git globs say, less what is left out', async () => {
    const files = { 'go.sum': '1', 'web/pnpm-lock.yaml': '2', 'examples/a/go.sum': '3', 'tools.txt': '4' };
    const names = async (lockfiles: string) => {
      const { outputs } = await run(checkout(files), { lockfiles });
      return (JSON.parse(outputs.inputs ?? '[]') as { kind: string; name: string }[])
        .filter(({ kind }) => kind === 'lockfile')
        .map(({ name }) => name);
    };
    expect(await names('well-known\n!examples/**')).toEqual(['go.sum', 'web/pnpm-lock.yaml']);
    expect(await names('**/go.sum\ntools.txt')).toEqual(['examples/a/go.sum', 'go.sum', 'tools.txt']);
    expect(await names('*.sum')).toEqual(['go.sum']);
  });

  it('are not looked for outside of a git checkout', async () => {
    const { annotations } = await run(mkdtempSync(join(tmpdir(), 'no-checkout-')));
    expect(annotations).toHaveLength(1);
    expect(annotations[0]?.message).toMatch(/is not a git checkout, so there is nothing to look for lockfiles in\.$/);
    expect(annotations[0]?.hint).toContain('actions/checkout');
  });
});

describe('toolchain, environment, operating system', () => {
  it('C07 another OS image or architecture gives another key, and nothing of the old one is restored', async () => {
    const folder = checkout(LOCKED);
    const keys = await Promise.all([
      keyOf(folder),
      keyOf(folder, {}, { env: { ImageOS: 'ubuntu22' } }),
      keyOf(folder, {}, { env: { RUNNER_ARCH: 'ARM64' } }),
    ]);
    for (const { restore } of keys) expect(keys.filter(({ key }) => key.startsWith(restore))).toHaveLength(1);
  });

  it('C10 only the variables that are named count, by their exact names', async () => {
    const folder = checkout(LOCKED);
    const quiet = await keyOf(folder, { environment: 'RUSTFLAGS' }, { env: { RUSTFLAGS: '-O' } });
    const noise = { RUSTFLAGS: '-O', RUST_BACKTRACE: '1', CARGO_TERM_COLOR: 'always', RUSTFLAGS_OLD: 'x' };
    expect(await keyOf(folder, { environment: 'RUSTFLAGS' }, { env: noise })).toEqual(quiet);
    const { annotations } = await run(folder, { environment: 'RUST*' });
    expect(annotations[0]).toMatchObject({
      message: 'Input "environment", line 1: "RUST*" is a pattern',
      hint: 'write exact names: patterns catch variables that change nothing, such as CARGO_TERM_COLOR',
    });
  });

  it('a variable that is not set is not an empty one', async () => {
    const folder = checkout(LOCKED);
    const unset = await run(folder, { environment: 'NODE_ENV' });
    const empty = await run(folder, { environment: 'NODE_ENV' }, { env: { NODE_ENV: '' } });
    expect(unset.outputs.key).not.toBe(empty.outputs.key);
    expect(unset.lines.join('\n')).toMatch(/^variable +NODE_ENV +not set$/m);
    expect(empty.lines.join('\n')).toMatch(/^variable +NODE_ENV +""$/m);
  });

  it('names every bad input in one run', async () => {
    const { annotations } = await run(checkout(LOCKED), {
      lockfiles: '/etc/passwd\n..\\go.sum',
      dockerfiles: '!Dockerfile',
      toolchain: 'node\npnpm=',
      prefix: 'my cache',
      environment: 'GITHUB_TOKEN',
    });
    expect(annotations.map(({ message }) => message)).toEqual([
      'Input "lockfiles", line 1: "/etc/passwd" is outside of the workspace',
      'Input "lockfiles", line 2: "..\\go.sum" has a backslash',
      'Input "toolchain", line 1: "node" is not name=version',
      'Input "toolchain", line 2: pnpm has no version',
      'Input "prefix": "my cache" has characters that a prefix may not have',
      'Input "environment", line 1: GITHUB_TOKEN looks like a secret, and the values of variables are part of the report',
    ]);
  });
});

describe('base images', () => {
  const dockerfile = (registry: RegistryStandIn, from = 'acme/node:22') => ({
    ...LOCKED,
    Dockerfile: `FROM ${registry.host}/${from}\n`,
  });

  it('C02 a base image whose tag moved gives another key, and no entry of the old one is restored', async () => {
    await using registry = await startRegistry();
    const old = await pushImage(registry.url, 'acme/node', '22', { files: { release: '22.1' } });
    const folder = checkout(dockerfile(registry));
    const before = await run(folder, { dockerfiles: 'Dockerfile' });
    expect(JSON.parse(before.outputs.inputs ?? '')).toContainEqual(
      expect.objectContaining({ kind: 'base-image', name: `${registry.host}/acme/node:22`, value: old }),
    );
    expect((await keyOf(folder, { dockerfiles: 'Dockerfile' })).key).toBe(before.outputs.key);
    await pushImage(registry.url, 'acme/node', '22', { files: { release: '22.2' } });
    const after = await keyOf(folder, { dockerfiles: 'Dockerfile' });
    expect(before.outputs.key?.startsWith(after.restore)).toBe(false);
  });

  it('C13 an ARG inside of a stage and a stage that the last one does not need do not count', async () => {
    await using registry = await startRegistry();
    await pushImage(registry.url, 'acme/node', '22', { files: {} });
    const text = [
      'ARG VERSION=22',
      `FROM ${registry.host}/acme/linter:1 AS lint`,
      'ARG VERSION=20',
      `FROM ${registry.host}/acme/node:$VERSION`,
    ].join('\n');
    const { outputs, lines, annotations } = await run(checkout({ ...LOCKED, Dockerfile: text }), {
      dockerfiles: 'Dockerfile',
    });
    expect(annotations).toEqual([]);
    expect(lines.slice(0, 2)).toEqual([
      'Dockerfile:2: stage "lint" is not part of the last stage, so its images do not count',
      'Asking for the digest of 1 base image',
    ]);
    expect(outputs.inputs).toContain(`${registry.host}/acme/node:22`);
    expect(outputs.inputs).not.toContain('linter');
  });

  it('that are pinned by their digest ask no registry', async () => {
    await using registry = await startRegistry();
    const digest = `sha256:${'a'.repeat(64)}`;
    const { outputs } = await run(checkout(dockerfile(registry, `acme/node:22@${digest}`)), {
      dockerfiles: 'Dockerfile',
    });
    expect(outputs.inputs).toContain(digest);
    expect(registry.requests).toEqual([]);
  });

  it('names everything that is wrong in one run, each with its place and its fix', async () => {
    const login = { username: 'u', password: 'p' };
    await using registry = await startRegistry();
    await using guarded = await startRegistry({ access: { kind: 'token', login } });
    const gone = await startRegistry();
    await gone.close();
    const folder = checkout({
      'README.md': '',
      Dockerfile: [
        `FROM ${registry.host}/acme/node:missing AS a`,
        `FROM ${guarded.host}/acme/private AS b`,
        'FROM node:${VERSION} AS c',
        `FROM ${gone.host}/acme/app`,
        'COPY --from=a / /a',
        'COPY --from=b / /b',
        'COPY --from=c / /c',
      ].join('\n'),
    });
    const impatient = ociRegistry({ http: httpClient({ wait: async () => {} }) });
    const { exitCode, annotations } = await runMain('cache-key', (each) => main(each, impatient), {
      workspace: folder,
      inputs: { dockerfiles: 'Dockerfile\ndocker/Dockerfile.web' },
      env: ENV,
    });
    expect(exitCode).toBe(1);
    expect(annotations.map(({ file, line, message }) => [file, line, message])).toEqual([
      [undefined, undefined, expect.stringMatching(/^No lockfile was found/)],
      ['Dockerfile', 3, 'Dockerfile:3: FROM node:${VERSION}: VERSION has no value here.'],
      ['docker/Dockerfile.web', undefined, 'docker/Dockerfile.web is not there.'],
      [
        'Dockerfile',
        1,
        `Dockerfile:1: FROM ${registry.host}/acme/node:missing: ${registry.host}/acme/node:missing does not exist: ${registry.host} knows no such repository or tag (404).`,
      ],
      [
        'Dockerfile',
        2,
        `Dockerfile:2: FROM ${guarded.host}/acme/private: ${guarded.host} gives no token for ${guarded.host}/acme/private without credentials (401).`,
      ],
      [
        'Dockerfile',
        4,
        `Dockerfile:4: FROM ${gone.host}/acme/app: ${gone.host}/acme/app cannot be looked up: ${gone.host} refused the connection: nothing listens there (yet).`,
      ],
    ]);
    for (const { hint } of annotations) expect(hint).toBeTruthy();
  });
});
