import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBundle, SHA } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

const IMAGE = 'ghcr.io/acme/checkout-service';

describe('image-tag as it ships', () => {
  it('hands out tags, labels and the commit', async () => {
    const { exitCode, outputs, lines, summary, annotations } = await runBundle('image-tag', {
      inputs: { images: IMAGE, tags: 'type=sha\ntype=ref,event=branch' },
      env: { SOURCE_DATE_EPOCH: '1700000000' },
    });
    expect(exitCode).toBe(0);
    expect(annotations).toEqual([]);
    expect(outputs).toMatchObject({
      tags: `${IMAGE}:main\n${IMAGE}:sha-${SHA.slice(0, 12)}`,
      version: 'main',
      revision: SHA,
      labels: [
        'org.opencontainers.image.created=2023-11-14T22:13:20.000Z',
        `org.opencontainers.image.revision=${SHA}`,
        'org.opencontainers.image.source=https://github.com/acme/checkout-service',
        'org.opencontainers.image.title=checkout-service',
        'org.opencontainers.image.url=https://github.com/acme/checkout-service',
        'org.opencontainers.image.version=main',
      ].join('\n'),
    });
    expect(Object.keys(outputs).sort()).toEqual([
      ...['annotations', 'bake-file', 'bake-file-annotations', 'bake-file-labels', 'bake-file-tags', 'deploy-ref'],
      ...['digest', 'exists', 'json', 'labels', 'refs', 'revision', 'tag-names', 'tags', 'version'],
    ]);
    expect(outputs['tag-names']).toBe(`main\nsha-${SHA.slice(0, 12)}`);
    expect(lines.at(-1)).toBe(`2 tags for ${IMAGE} at commit ${SHA}`);
    expect(summary).toContain(`| ✅ | sha-${SHA.slice(0, 12)} | type=sha | first 12 digits of commit ${SHA} |`);
  });

  it('T01 names the head commit on pull_request', async () => {
    const head = '3370e228f2209994d57af4427fe64e71bb79ac96';
    const { outputs } = await runBundle('image-tag', {
      inputs: { images: IMAGE },
      event: {
        name: 'pull_request',
        ref: 'refs/pull/15/merge',
        payload: { number: 15, pull_request: { head: { sha: head } } },
      },
    });
    expect(outputs).toMatchObject({ version: 'sha-3370e228f220', revision: head });
  });

  it('T09 refuses a tag in an image name and a bad rule in one run, and writes no output', async () => {
    const { exitCode, outputs, annotations, lines } = await runBundle('image-tag', {
      inputs: { images: `${IMAGE}:latest`, tags: 'type=sha,formt=long' },
    });
    expect({ exitCode, outputs, lines }).toEqual({ exitCode: 1, outputs: {}, lines: [] });
    expect(annotations.map(({ message }) => message)).toEqual([
      `Input "images", line 1: "${IMAGE}:latest" has the tag "latest": write the name of the image alone, "${IMAGE}"`,
      'Input "tags", line 1: formt=long is not an attribute of type=sha: expected format, enable, priority, prefix or suffix.\nNext: did you mean "format"?',
    ]);
  });

  it('says what to write when there is no image', async () => {
    const { exitCode, annotations } = await runBundle('image-tag');
    expect(exitCode).toBe(1);
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'Input "images"',
        message:
          'Input "images" is required and has no value.\nNext: add under "with:", for example:\nimages: ghcr.io/${{ github.repository }}',
      },
    ]);
  });

  it('T13 T14 reads versions and regular expressions with commas, from a chunk that only such a run loads', async () => {
    const { exitCode, outputs } = await runBundle('image-tag', {
      inputs: {
        images: IMAGE,
        tags: 'type=semver,pattern={{version}}\ntype=match,pattern=^v\\d{1,2},priority=10',
        flavor: 'suffix=-alpine,onlatest=true',
      },
      event: { name: 'push', ref: 'refs/tags/v1.2.3+build.5' },
    });
    expect(exitCode).toBe(0);
    expect(outputs['tag-names']).toBe('1.2.3-alpine\nv1-alpine\nlatest-alpine');
  });

  it('T07 T16 asks git: another commit is a failure with strict, and latest does not move back', async () => {
    const workspace = mkdtempSync(join(tmpdir(), 'image-tag-'));
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
        cwd: workspace,
        encoding: 'utf8',
      }).trim();
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'first');
    for (const tag of ['v1.9.1', 'v2.0.0']) git('tag', tag);
    const sha = git('rev-parse', 'HEAD');
    const run = (commit: string) =>
      runBundle('image-tag', {
        workspace,
        inputs: {
          images: IMAGE,
          tags: 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}',
          strict: 'true',
        },
        event: { name: 'push', ref: 'refs/tags/v1.9.1', sha: commit },
      });
    const green = await run(sha);
    expect([green.exitCode, green.annotations, green.outputs['tag-names']]).toEqual([0, [], '1.9.1\n1']);
    expect(green.summary).toContain('latest stays with 2.0.0, which is higher than 1.9.1');
    const red = await run(SHA);
    expect([red.exitCode, red.outputs]).toEqual([1, {}]);
    expect(red.annotations.map(({ title }) => title)).toEqual(['Another commit is checked out']);
  });

  it('a cancelled job ends with one clear line and without outputs', async () => {
    const workspace = mkdtempSync(join(tmpdir(), 'image-tag-'));
    mkdirSync(join(workspace, '.git'));
    mkdirSync(join(workspace, 'bin'));
    writeFileSync(join(workspace, 'bin', 'git'), '#!/bin/sh\nexec /bin/sleep 30\n', { mode: 0o755 });
    const { exitCode, outputs, lines, annotations } = await runBundle('image-tag', {
      workspace,
      inputs: { images: IMAGE },
      env: { PATH: join(workspace, 'bin') },
      cancel: { when: 'git status', signal: 'SIGINT' },
    });
    expect({ exitCode, outputs, lines, annotations: annotations.filter(({ level }) => level === 'error') }).toEqual({
      exitCode: 1,
      outputs: {},
      lines: ['Cancelled (SIGINT): connections closed, nothing half-written.'],
      annotations: [],
    });
  });

  it('writes definitions for docker/bake-action', async () => {
    const { outputs } = await runBundle('image-tag', { inputs: { images: IMAGE, 'bake-target': 'app' } });
    expect(JSON.parse(readFileSync(outputs['bake-file-tags'] ?? '', 'utf8'))).toEqual({
      target: {
        app: {
          tags: [`${IMAGE}:sha-${SHA.slice(0, 12)}`],
          args: { DOCKER_META_IMAGES: IMAGE, DOCKER_META_VERSION: `sha-${SHA.slice(0, 12)}` },
        },
      },
    });
  });

  it('policy: production refuses a tag that moves, and hands out nothing', async () => {
    const { exitCode, outputs, lines } = await runBundle('image-tag', {
      inputs: { images: IMAGE, tags: 'type=sha\ntype=raw,value=latest', policy: 'production' },
    });
    expect([exitCode, outputs]).toEqual([1, {}]);
    expect(lines.at(-1)).toBe(`2 tags for ${IMAGE} at commit ${SHA}, not handed out`);
  });
});
