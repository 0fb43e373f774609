import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { run } from './harness.ts';

describe('expressions', () => {
  it('work at every place where GitHub has them', async () => {
    const ran = await run(
      `name: places
run-name: run of \${{ github.actor }} \${{ vars.WHO }}
on: push
env:
  TOP: top \${{ vars.WHO }} \${{ github.run_id }} \${{ secrets.KEY && 'has key' }}
defaults:
  run:
    shell: bash
jobs:
  first:
    runs-on: ubuntu-24.04
    outputs: { word: 'hello' }
    steps: [{ run: 'true' }]
  second:
    needs: first
    if: needs.first.outputs.word == 'hello' && vars.WHO == 'repo'
    name: Job \${{ needs.first.outputs.word }} \${{ vars.WHO }} \${{ matrix.n }}
    runs-on: ['\${{ vars.WHO }}', x]
    timeout-minutes: \${{ fromJSON('3') }}
    continue-on-error: \${{ needs.first.result == 'failure' }}
    concurrency: { group: 'g-\${{ github.ref }}', cancel-in-progress: false }
    strategy: { matrix: { n: [1] } }
    environment:
      name: \${{ needs.first.outputs.word }}-env
      url: https://\${{ steps.a.outputs.x }}.example
    defaults:
      run:
        working-directory: \${{ needs.first.outputs.word }}
    env:
      JOB: job \${{ needs.first.outputs.word }} \${{ matrix.n }} \${{ strategy.job-total }} \${{ vars.WHO }}
    outputs:
      job-status: \${{ job.status }}
      env: \${{ env.ADDED }}
      x: \${{ steps.a.outputs.x }}
    steps:
      - run: mkdir "\${{ needs.first.outputs.word }}"
        working-directory: .
      - id: a
        name: Step \${{ env.TOP }} / \${{ env.STEP }}
        if: env.STEP == 'step job hello 1 1 env' && runner.os != '' && success()
        env:
          STEP: step \${{ env.JOB }}
        timeout-minutes: \${{ fromJSON('2') }}
        continue-on-error: \${{ env.TOP != '' }}
        run: |
          echo "x=1" >> "$GITHUB_OUTPUT"
          echo "ADDED=added" >> "$GITHUB_ENV"
          echo "$TOP|$JOB|$STEP|\${{ github.job }}|\${{ steps.a }}|\${{ github.event.repository.id }}"
          pwd
          exit 3
      - run: echo "\${{ env.ADDED }} \${{ steps.a.outcome }} \${{ steps.a.conclusion }}"
        working-directory: .
`,
      {
        vars: { WHO: 'repo' },
        secrets: { KEY: 'k3y-k3y' },
        environments: { 'hello-env': { vars: { WHO: 'env' }, secrets: {} } },
      },
    );
    expect(ran.conclusion).toBe('success');
    expect(ran.name).toBe('places');
    expect(ran.runName).toBe('run of ada repo');
    const job = ran.job('second');
    // The environment's variables are the runner's: what comes before the runner sees those of the repository.
    expect(job.name).toBe('Job hello repo 1');
    expect(job.runsOn).toEqual(['repo', 'x']);
    expect(job.environment).toEqual({ name: 'hello-env', url: 'https://1.example' });
    expect(job.outputs).toEqual({ 'job-status': 'success', env: 'added', x: '1' });
    const step = ran.step('a');
    expect(step.name).toBe('Step top env 11 has key / step job hello 1 1 env');
    expect([step.outcome, step.conclusion]).toEqual(['failure', 'success']);
    expect(step.log[0]).toBe('top env 11 has key|job hello 1 1 env|step job hello 1 1 env|second||7');
    expect(step.log[1]).toMatch(/\/demo\/demo\/hello$/);
    expect(step.log[2]).toBe('##[error]Process completed with exit code 3.');
    expect(ran.log).toContain('added failure success');
  });

  it('have the functions of GitHub', async () => {
    const expressions: Readonly<Record<string, string>> = {
      "contains(fromJSON('[1, 2]'), 2)": 'true',
      "startsWith('Abc', 'aB')": 'true',
      "endsWith('abc', 'bd')": 'false',
      "format('{1} {0} {{}}', 'a', 'b')": 'b a {}',
      "join(fromJSON('[1,2]'), '+')": '1+2',
      'toJSON(fromJSON(\'{"a":[1]}\'))': '{ "a": [ 1 ] }',
      "github.event.repository['id'] == 7 && 'seven' || 'other'": 'seven',
      'join(fromJSON(\'[{"a":1},{"a":2}]\').*.a)': '1,2',
      'github.nothing.at.all': '',
      "'A' == 'a' && !(1 > 2)": 'true',
    };
    const lines = Object.keys(expressions).map((each, index) => `          V${index}: \${{ ${each} }}`);
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    steps:
      - env:
${lines.join('\n')}
        run: for n in \${!V*}; do echo \${!n}; done
        shell: bash
`);
    expect(ran.job('j').steps[0]?.log).toEqual(Object.values(expressions));
  });

  it('keep the text of several lines as YAML has it', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    steps:
      - env:
          LIST: |
            \${{ github.actor }}/one
              indented

            \${{ github.actor }}/two
        run: printf '%s' "$LIST"
`);
    expect(ran.log).toBe('ada/one\n  indented\n\nada/two');
  });

  it('W02 a condition of several lines with an expression in it is always true', async () => {
    const ran = await run(`
  j:
    if: |
      \${{ false }}
    runs-on: ubuntu-24.04
    steps: [{ run: echo ran }]
`);
    expect(ran.log).toBe('ran');
  });

  it('hashFiles hashes the files of the workspace', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    steps:
      - run: mkdir -p a/.hidden b && echo 1 > a/x.lock && echo 2 > a/.hidden/x.lock && echo 3 > b/x.lock
      - run: echo "\${{ hashFiles('**/x.lock', '!b/**') }}"
      - run: echo "none \${{ hashFiles('nothing') }}"
`);
    const sha = (text: string | Buffer) => createHash('sha256').update(text).digest();
    const expected = sha(Buffer.concat([sha('2\n'), sha('1\n')])).toString('hex');
    expect(ran.log).toBe(`${expected}\nnone `);
  });

  it('that fail at run time fail the step at its line', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "\${{ fromJSON(github.actor) }}"
      - run: echo after
      - { if: failure(), run: echo cleanup }
`);
    expect(ran.job('j').steps.map(({ conclusion }) => conclusion)).toEqual(['failure', 'skipped', 'success']);
    expect(ran.job('j').steps[0]?.annotations[0]?.message).toMatch(/w\.yml:8:\d+: /);
  });
});
