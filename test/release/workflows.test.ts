import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { githubSays } from '../templates/github-schema.ts';
import { POLICIES } from '../templates/policies.ts';
import { ownWorkflows, parseTemplate } from '../templates/template.ts';

/** Not ours to hold here: no image is deployed. */
const { digestsAreDeployed: _, ...policies } = POLICIES;

describe.each(ownWorkflows().map((path) => ({ file: basename(path), path })))('$file', ({ file, path }) => {
  const workflow = parseTemplate(file, readFileSync(path, 'utf8'));

  it.each(Object.entries(policies))('holds the rules of the templates: %s', (_name, policy) => {
    // Actions of the checkout itself need no pin: they are the commit that the workflow is of.
    expect(policy(workflow).filter((complaint) => !complaint.includes('"./'))).toEqual([]);
  });

  it('pins an action to the same commit wherever it is used, as the templates do', () => {
    const template = parseTemplate('deliver.yml', readFileSync('workflows-templates/deliver.yml', 'utf8'));
    const pins = (text: string) => [...text.matchAll(/uses: ([\w-]+\/[\w-]+)@([0-9a-f]{40} # v[\d.]+)/g)];
    const known = new Map(pins(template.text).map(([, name, pin]) => [name, pin]));
    for (const [, name, pin] of pins(workflow.text)) {
      expect(known.get(name) ?? pin, name).toBe(pin);
      known.set(name, pin);
    }
  });

  it('is known to the schema of GitHub', async () => {
    // The inputs of actions that no template uses, and of local ones, are not known there.
    const said = await githubSays(file, workflow.text);
    expect(said.filter((line) => !/Unable to resolve action/.test(line))).toEqual([]);
  });
});

describe('release.yml', () => {
  const [path = ''] = ownWorkflows().filter((each) => basename(each) === 'release.yml');
  const { jobs, text } = parseTemplate('release.yml', readFileSync(path, 'utf8'));
  const job = (id: string) => jobs.find((each) => each.id === id);

  it('W06 moves the major tag last, in the one job that somebody has to approve', () => {
    expect(jobs.filter(({ environment }) => environment === 'release').map(({ id }) => id)).toEqual(['publish']);
    expect(job('publish')?.needs).toEqual(['push', 'attest', 'try']);
    expect(job('publish')?.steps.at(-1)?.get('name')).toBe('Move the major tag');
    expect(text).toMatch(/npx -y pnpm@\S+ release "\$VERSION" --hold/);
  });

  it('is built by one exact version of pnpm, that of package.json', () => {
    const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string };
    expect(packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+$/);
    expect(new Set(text.match(/pnpm@\S+/g))).toEqual(new Set([packageManager]));
  });

  it('reads no cache and no stored secret', () => {
    expect(text).not.toMatch(/uses: actions\/cache|secrets\./);
    expect(text.match(/uses: actions\/setup-node/g)).toHaveLength(
      text.match(/package-manager-cache: false/g)?.length ?? 0,
    );
  });
});
