import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { actionNames, buildReleaseTree, ROOT, resolveAction, TREE_BUDGET } from '@delivery-actions/release';
import { runBundle } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { actionYml } from '../contract/action.ts';

/** Bytes; the budget of a bundle's entry, without its lazy chunks. */
const ENTRY_BUDGET = 100_000;

describe.each(actionNames())('the bundle of %s', (action) => {
  const dist = join(ROOT, 'actions', action, 'dist');
  const scripts = () => readdirSync(dist).filter((name) => /\.[cm]?js$/.test(name));

  it(`has an entry under ${ENTRY_BUDGET} bytes`, () => {
    expect(statSync(join(dist, 'index.js')).size).toBeLessThan(ENTRY_BUDGET);
  });

  it('has no import that could not be resolved, and no path of this machine', () => {
    for (const name of scripts()) {
      const code = readFileSync(join(dist, name), 'utf8');
      expect(code, name).not.toContain('eval("require")');
      expect(code, name).not.toContain(ROOT);
    }
  });

  it('starts no shell', () => {
    const shells = scripts().flatMap((name) => {
      const code = readFileSync(join(dist, name), 'utf8');
      return [
        ...code.matchAll(/\{[^{}=]*\b(?:exec|execSync)\b[^{}=]*\} = .*__webpack_require__.*|\bshell: *true\b.*/g),
      ].map(([found]) => found);
    });
    // Of the AWS SDK, for a profile of the shared config that says credential_process.
    expect(shells.map((found) => found.split(' = ')[0])).toEqual(action === 'validate-secrets' ? ['{exec}'] : []);
  });

  it('starts other programs where SECURITY.md says so, and only there', () => {
    const security = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
    const [said = ''] = /\*\*Other programs\.\*\*.*?No other action starts a program\./s.exec(security) ?? [];
    expect(said).not.toBe('');
    const starts = scripts().some((name) => readFileSync(join(dist, name), 'utf8').includes('child_process"'));
    expect(said.includes(`\`${action}\``), `SECURITY.md, "Other programs": ${action}`).toBe(starts);
  });

  it('is readable and carries the licences of what is in it', () => {
    const longest = Math.max(
      ...readFileSync(join(dist, 'index.js'), 'utf8')
        .split('\n')
        .map((line) => line.length),
    );
    expect(longest).toBeLessThan(5_000);
    expect(readFileSync(join(dist, 'licenses.txt'), 'utf8')).toContain('@actions/core');
  });

  it('starts away from node_modules and tells every required input that is missing', async () => {
    const required = Object.entries(actionYml(action).inputs ?? {}).filter(([, input]) => input?.required === true);
    const { exitCode, annotations, log } = await runBundle(action);
    expect(log).not.toMatch(/This is a bug|ERR_MODULE_NOT_FOUND|Cannot find module/);
    const errors = annotations.filter(({ level }) => level === 'error').map(({ message }) => message);
    if (required.length > 0) {
      expect(exitCode).toBe(1);
      expect(errors).toEqual(
        required.map(([name]) => expect.stringContaining(`Input "${name}" is required and has no value.`)),
      );
    } else if (exitCode !== 0) {
      expect(exitCode).toBe(1);
      expect(errors).not.toEqual([]);
    }
  });
});

describe('the release tree', () => {
  it(`is at most ${TREE_BUDGET} bytes as tar.gz`, async () => {
    expect((await buildReleaseTree()).bytes).toBeLessThanOrEqual(TREE_BUDGET);
  });

  it('has every action with what it needs, and nothing of the sources', async () => {
    const { repository, majorTag } = await buildReleaseTree();
    for (const action of actionNames()) {
      const { path } = await resolveAction(repository, action, majorTag, join(ROOT, 'build', 'release', 'checkouts'));
      expect(readdirSync(path).sort()).toEqual(['LICENSE', 'README.md', 'action.yml', 'dist', 'sbom.json']);
      for (const file of ['LICENSE', 'README.md', 'SECURITY.md'])
        expect(existsSync(join(path, '..', file)), file).toBe(true);
    }
  });
});
