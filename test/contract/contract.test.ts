import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionNames, checkDocs, ROOT } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { actionYml, inputsRead, outputsWritten, sourcesOf } from './action.ts';

const SECTIONS = ['## Permissions', '## Network', '## Environment', '## Pin'];

describe.each(actionNames())('the contract of %s', (action) => {
  const contract = actionYml(action);
  const sources = sourcesOf(action);
  const all = [...sources.values()].join('\n');
  const inputs = Object.entries(contract.inputs ?? {});
  const outputs = Object.entries(contract.outputs ?? {});

  it('runs its bundle on Node 24', () => {
    expect(contract.runs, `actions/${action}/action.yml: write runs: {using: node24, main: dist/index.js}`).toEqual({
      using: 'node24',
      main: 'dist/index.js',
    });
  });

  it('says who it is', () => {
    expect(contract.name).toMatch(/\S/);
    expect(contract.author).toBe('Delivery Actions');
    expect(contract.branding).toEqual({
      icon: expect.stringMatching(/^[a-z-]+$/),
      color: expect.stringMatching(/^[a-z-]+$/),
    });
  });

  it('describes itself and every input and output', () => {
    const descriptions = [...inputs, ...outputs].map(([name, entry]) => [name, entry?.description ?? '']);
    for (const [name, text] of [['the action', contract.description], ...descriptions])
      expect(text, `description of ${name}`).toMatch(/\w+ \w+/);
  });

  it('has names in kebab-case', () => {
    for (const [name] of [...inputs, ...outputs]) expect(name).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
  });

  it('reads the inputs of action.yml, all of them and no other, in inputs.ts', () => {
    expect([...inputsRead(sources.get('inputs.ts') ?? '')].sort()).toEqual(inputs.map(([name]) => name).sort());
    for (const [file, code] of sources)
      if (file !== 'inputs.ts') expect(code, file).not.toMatch(/\bINPUT_|\brun\.inputs\./);
  });

  it('gives a required input no default', () => {
    for (const [name, input] of inputs) {
      expect(typeof input?.required, `required of ${name}`).toBe('boolean');
      if (input?.required) expect(input.default, `default of ${name}`).toBeUndefined();
    }
  });

  it('writes the outputs of action.yml, all of them and no other', () => {
    expect([...outputsWritten(all)].sort()).toEqual(outputs.map(([name]) => name).sort());
  });

  it('has a README with its first example and what it needs', () => {
    const readme = readFileSync(join(ROOT, 'actions', action, 'README.md'), 'utf8');
    expect(readme).toContain(`uses: org/actions/${action}@v1`);
    for (const section of SECTIONS) expect(readme).toContain(`\n${section}\n`);
  });
});

describe('the READMEs', () => {
  it('have the tables of their action.yml', async () => {
    await checkDocs();
  });
});
