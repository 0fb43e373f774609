import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listen, pushImage, startRegistry } from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

const ENV = { ImageOS: 'ubuntu24' };

function checkout(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'checkout-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const args of [['init'], ['add', '--all']]) execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  return folder;
}

function hosts(url: string): string {
  return new URL(url).host;
}

describe('cache-key, as it ships', () => {
  it('derives a key from lockfiles, toolchain and the digest of a private base image', async () => {
    const login = { username: 'ci', password: 'correct horse' };
    await using registry = await startRegistry();
    const digest = await pushImage(registry.url, 'acme/node', '24', { files: { release: '24.9.0' } });
    registry.behaviour.access = { kind: 'token', login };
    const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    const workspace = checkout({ 'pnpm-lock.yaml': 'a: b\n', Dockerfile: `FROM ${registry.host}/acme/node:24\n` });
    const docker = mkdtempSync(join(tmpdir(), 'docker-'));
    writeFileSync(join(docker, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));

    const { exitCode, lines, outputs, summary, masked, log } = await runBundle('cache-key', {
      workspace,
      inputs: { dockerfiles: 'Dockerfile', toolchain: 'node=24.9.0' },
      env: { ...ENV, DOCKER_CONFIG: docker },
    });
    expect(log).not.toContain('::error');
    expect(exitCode).toBe(0);
    expect(outputs.key).toMatch(/^deps--ubuntu24--x64--[0-9a-f]{64}$/);
    expect(lines.at(-1)).toBe(`${outputs.key} from 1 lockfile, 1 base image, 1 tool`);
    expect(outputs.inputs).toContain(digest);
    expect(summary).toContain('pnpm-lock.yaml');
    expect(masked).toContain(login.password);
    expect(log.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(login.password);
  });

  it('C01 no lockfile is an error, not an empty hash', async () => {
    const { exitCode, annotations, outputs } = await runBundle('cache-key', {
      workspace: checkout({ a: '' }),
      env: ENV,
    });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^No lockfile was found in this checkout.*\nNext: commit the lockfile/),
    ]);
  });

  it('C03 a lockfile that was moved gives another key', async () => {
    const at = async (path: string) =>
      (await runBundle('cache-key', { workspace: checkout({ [path]: 'x\n' }), env: ENV })).outputs.key;
    const keys = [await at('a/yarn.lock'), await at('b/yarn.lock'), await at('a/go.sum')];
    expect(new Set(keys).size).toBe(3);
  });

  it('is an error without lockfiles to look for, and outside of a checkout', async () => {
    const missing = await runBundle('cache-key', {
      workspace: checkout({}),
      inputs: { lockfiles: '', prefix: '' },
      env: ENV,
    });
    expect([missing.exitCode, missing.annotations.map(({ message }) => message.split('\n')[0])]).toEqual([
      1,
      ['Input "lockfiles" is required and has no value.', 'Input "prefix" is required and has no value.'],
    ]);
    const bare = await runBundle('cache-key', { env: ENV });
    expect([bare.exitCode, bare.annotations[0]?.message]).toEqual([
      1,
      expect.stringContaining('is not a git checkout'),
    ]);
  });

  it('names the image and the place when a registry has no such tag', async () => {
    await using registry = await startRegistry();
    const workspace = checkout({ 'go.sum': '', Dockerfile: `\nFROM ${registry.host}/acme/go:1.99\n` });
    const { exitCode, annotations } = await runBundle('cache-key', {
      workspace,
      inputs: { dockerfiles: 'Dockerfile' },
      env: ENV,
    });
    expect(exitCode).toBe(1);
    expect(annotations).toEqual([
      {
        level: 'error',
        title: `Base image ${registry.host}/acme/go:1.99`,
        file: 'Dockerfile',
        line: 2,
        message: expect.stringContaining(`${registry.host}/acme/go:1.99 does not exist`),
      },
    ]);
  });

  it('leaves one clear line when the job is cancelled while a registry does not answer', async () => {
    await using silent = await listen(() => {});
    const workspace = checkout({ 'go.sum': '', Dockerfile: `FROM ${hosts(silent.url)}/acme/go\n` });
    const { exitCode, lines, annotations, outputs } = await runBundle('cache-key', {
      workspace,
      inputs: { dockerfiles: 'Dockerfile' },
      env: ENV,
      cancel: { when: 'Asking for the digest', signal: 'SIGINT' },
    });
    expect([exitCode, outputs, annotations]).toEqual([1, {}, []]);
    expect(lines).toEqual([
      'Asking for the digest of 1 base image',
      'Cancelled (SIGINT): connections closed, nothing half-written.',
    ]);
  });
});
