import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWorkflow } from '@delivery-actions/rehearsal';
import { actionNames, ROOT, resolveAction } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { git, newFolder } from './copy.ts';
import { consumer, deliver, RUN, remoteWithRelease, resolver, templates } from './deliver.ts';
import { nextRelease } from './next-release.ts';

const OURS = /org\/actions\/([\w-]+)@v1\b/g;

/** One job that derives a tag; answers its log. */
async function tagged(ref: string, remote: string): Promise<string> {
  const got = new Map<string, string>();
  const folder = newFolder();
  const step = `{ uses: org/actions/image-tag@${ref}, with: { images: ghcr.io/acme/shop } }`;
  const [file = ''] = consumer(
    `name: tag\non: push\njobs:\n  tag:\n    runs-on: ubuntu-24.04\n    steps:\n      - ${step}\n`,
  );
  const { jobs, conclusion } = await runWorkflow({
    ...RUN,
    file,
    event: { name: 'push', sha: 'a'.repeat(40), ref: 'refs/heads/main', payload: { repository: { id: 7 } } },
    repository: 'acme/shop',
    runId: 1,
    vars: {},
    secrets: {},
    environments: {},
    resolve: resolver(remote, got),
    checkout: folder,
    environment: { PATH: process.env.PATH ?? '', HOME: folder },
    workFolder: join(folder, 'work'),
    signal: new AbortController().signal,
    listener: () => {},
  });
  expect(conclusion).toBe('success');
  return jobs.flatMap(({ steps }) => steps.flatMap(({ log }) => log)).join('\n');
}

describe('a consumer', () => {
  it('delivers with every action of the templates, by the major tag and pinned by the commit', async () => {
    const { remote, commit } = await remoteWithRelease();
    const used = [...new Set(templates.flatMap((text) => [...text.matchAll(OURS)].map(([, name]) => name)))].sort();
    expect(used).not.toEqual([]);
    const pinned = templates.map((text) => text.replaceAll(OURS, `org/actions/$1@${commit}`));
    for (const workflows of [templates, pinned]) {
      const { jobs, got, metrics } = await deliver(workflows, remote);
      expect(jobs.filter((job) => !job.endsWith(' success'))).toEqual([]);
      expect(metrics).toBeGreaterThan(0);
      expect([...got.keys()].sort()).toEqual(used);
      expect(new Set(got.values())).toEqual(new Set([commit]));
    }
  }, 120_000);

  it('finds every action by the major tag, by the version and by the commit', async () => {
    const { remote, commit } = await remoteWithRelease();
    const place = newFolder();
    for (const name of actionNames())
      for (const ref of ['v1', git(remote, 'tag', '--list', 'v*.*.*'), commit])
        expect((await resolveAction(remote, name, ref, place)).commit).toBe(commit);
  });

  it('finds the commit to pin with the command of each README', async () => {
    const { remote, commit } = await remoteWithRelease();
    for (const name of actionNames()) {
      const readme = readFileSync(join(ROOT, 'actions', name, 'README.md'), 'utf8');
      const [, tag = '', ref = ''] =
        /^- uses: \S+@<commit of \S+> # (v\S+)\n```\n\n`git ls-remote \S+ '([^']+)'` prints/m.exec(readme) ?? [];
      expect(git(remote, 'ls-remote', remote, ref)).toBe(`${commit}\trefs/tags/${tag}^{}`);
    }
  });

  it('W06 a pinned sha keeps running what it was when the tag is moved', async () => {
    const { remote, commit } = await remoteWithRelease();
    const before = await tagged(commit, remote);
    expect(before).toContain('1 tag for ghcr.io/acme/shop at commit aaaa');
    const next = await nextRelease(remote, join(newFolder(), 'next'));
    expect(git(remote, 'rev-parse', 'v1')).toBe(next.commit);
    expect(await tagged('v1', remote)).toContain('this is another release');
    expect(await tagged(commit, remote)).toBe(before);
  });

  it('sees what ships, and nothing else, in the diff between two releases', async () => {
    const { remote } = await remoteWithRelease();
    const first = git(remote, 'tag', '--list', 'v*.*.*');
    const { tag } = await nextRelease(remote, join(newFolder(), 'next'));
    expect(git(remote, 'diff', '--name-only', first, tag)).toBe('image-tag/dist/index.js');
    const shipped =
      /^(?:LICENSE|README\.md|SECURITY\.md|[\w-]+\/(?:action\.yml|README\.md|LICENSE|sbom\.json|dist\/[\w.]+))$/;
    for (const path of git(remote, 'ls-tree', '-r', '--name-only', tag).split('\n')) expect(path).toMatch(shipped);
  });
});
