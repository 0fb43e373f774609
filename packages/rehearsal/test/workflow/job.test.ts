import { describe, expect, it } from 'vitest';
import { run } from './harness.ts';

describe('a job', () => {
  it('fails before its first step when its env cannot be evaluated, and says where', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    env: { A: "\${{ fromJSON('{') }}" }
    steps: [{ run: echo a }]
`);
    expect(ran.job('j')).toMatchObject({
      conclusion: 'failure',
      steps: [],
      reason: expect.stringMatching(/w\.yml:7:16: /),
    });
    expect(ran.job('j').annotations).toHaveLength(1);
  });

  it('fails when an output cannot be evaluated', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    outputs: { a: "\${{ fromJSON(steps.none.outputs.x) }}" }
    steps: [{ run: 'true' }]
`);
    expect(ran.job('j').steps[0]?.conclusion).toBe('success');
    expect(ran.job('j').conclusion).toBe('failure');
  });

  it('hands on the outputs of what it did before it failed, but no empty ones', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    outputs: { a: '\${{ steps.a.outputs.a }}', b: '\${{ steps.b.outputs.b }}' }
    steps:
      - { id: a, run: 'echo a=1 >> "$GITHUB_OUTPUT"; exit 1' }
      - { id: b, run: 'true' }
  next:
    needs: j
    if: always()
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "\${{ toJSON(needs) }}"' }]
`);
    expect(ran.job('j').outputs).toEqual({ a: '1' });
    expect(ran.job('next').steps[0]?.log.join('').replaceAll(' ', '')).toBe('{j:{result:failure,outputs:{a:1}}}');
  });

  it.each([
    ['timeout-minutes: ${{ github.actor }}', "A number was expected, not 'ada' (fromJSON makes one of a text)"],
    ['continue-on-error: ${{ github.actor }}', "true or false was expected, not 'ada' (fromJSON makes one of a text)"],
    ['name: ${{ github.event }}', 'A text was expected, not Object'],
  ])('fails on a value of the wrong kind: %s', async (key, message) => {
    const ran = await run(`  j:\n    runs-on: x\n    ${key}\n    steps: [{ run: 'true' }]\n`);
    expect(ran.job('j').reason).toContain(message);
    expect(ran.conclusion).toBe('failure');
  });

  it('keeps an address with a secret in it to itself', async () => {
    const ran = await run(
      `
  j:
    runs-on: ubuntu-24.04
    environment: { name: production, url: 'https://\${{ steps.a.outputs.host }}' }
    steps: [{ id: a, run: 'echo "host=hidden-host" >> "$GITHUB_OUTPUT"' }]
`,
      { secrets: { HOST: 'hidden-host' } },
    );
    expect(ran.job('j').environment).toEqual({ name: 'production' });
    expect(ran.job('j').annotations[0]?.message).toBe('Skip setting environment url since it may contain secret.');
  });

  it('has the secrets and variables of its environment before those of the repository', async () => {
    const ran = await run(
      `
  with:
    runs-on: x
    environment: production
    steps: [{ run: 'echo "\${{ vars.A }} \${{ vars.B }} \${{ secrets.S == ''environment-s'' }}"' }]
  without:
    needs: with
    runs-on: x
    environment: unknown
    steps: [{ run: 'echo "\${{ vars.A }} \${{ vars.B }} \${{ secrets.S == ''repository-s'' }}"' }]
`,
      {
        vars: { A: 'a', B: 'b' },
        secrets: { S: 'repository-s' },
        environments: { production: { vars: { B: 'production' }, secrets: { S: 'environment-s' } } },
      },
    );
    expect(ran.log).toBe('a production true\na b true');
  });

  it('shows debug lines only when asked to', async () => {
    const jobs = `  j:\n    runs-on: x\n    steps: [{ run: 'echo "::debug::deep"; echo "$RUNNER_DEBUG"' }]\n`;
    expect((await run(jobs)).log).toBe('');
    expect((await run(jobs, { vars: { ACTIONS_STEP_DEBUG: 'true' } })).log).toBe('##[debug]deep\n1');
  });

  it('has the inputs of a dispatch by their types', async () => {
    const ran = await run(
      `name: w
on:
  workflow_dispatch:
    inputs:
      dry: { type: boolean, default: true }
      count: { type: number }
      who: { default: nobody }
jobs:
  j:
    if: inputs.dry && inputs.count > 3
    runs-on: x
    steps: [{ run: 'echo "\${{ inputs.who }} \${{ inputs.count }} \${{ github.event.inputs.count }}"' }]
`,
      { event: { name: 'workflow_dispatch', payload: { inputs: { count: '4' } }, sha: 'a', ref: 'refs/tags/v1' } },
    );
    expect(ran.log).toBe('nobody 4 4');
  });
});
