import { describe, expect, it } from 'vitest';
import { WorkflowError } from '../../src/workflow/index.ts';
import { action, refusals, run } from './harness.ts';

const STEPS = 'runs-on: ubuntu-24.04\n    steps: [{ run: "true" }]\n';

describe('a workflow that cannot be run is refused before anything runs', () => {
  it('with everything that is wrong, at its line', async () => {
    const found = await refusals(
      `name: w
on: push
jobs:
  a:
    needs: [b, nobody]
    runs-on: ubuntu-24.04
    container: node:24
    timeout-minuts: 5
    steps:
      - uses: org/chache@v1
      - uses: docker://alpine
      - uses: org/required@v1
      - uses: nonsense
      - run: \${{ nothing.at.all }}
        shell: pwsh
  b:
    needs: a
    runs-on: windows-latest
    services: { db: { image: postgres } }
    steps:
      - uses: org/composite@v1
  c:
    uses: org/repo/.github/workflows/x.yml@v1
`,
      {
        actions: {
          'org/cache@v1': action(''),
          'org/required@v1': action('', { inputs: '{key: {required: true}, other: {required: true, default: x}}' }),
          'org/composite@v1': {
            'action.yml':
              'name: a\ndescription: b\nruns:\n  using: composite\n  steps: [{ run: "true", shell: bash }]\n',
          },
        },
      },
    );
    expect(found).toEqual([
      "5:13: Job 'a' depends on job 'b' which creates a cycle in the dependency graph.",
      "5:16: Job 'a' depends on unknown job 'nobody'.",
      '7:5: Jobs in a container are not supported here: the steps run on this machine',
      "8:5: Unexpected value 'timeout-minuts'",
      '10:15: "org/chache@v1" is not known here: did you mean "org/cache@v1"?',
      '11:15: Container actions are not supported here, such as docker://alpine',
      '12:15: org/required@v1 requires the input "key": add it under "with" (GitHub would start the action without it)',
      '13:15: "nonsense" names no action: owner/repository@ref or owner/repository/folder@ref was expected',
      "14:14: Unrecognized named-value: 'nothing'",
      '15:16: shell: pwsh is not supported here: use bash, sh, python, or a command with {0} for the script',
      "17:12: Job 'b' depends on job 'a' which creates a cycle in the dependency graph.",
      '18:14: Jobs for windows-latest are not supported here: the steps run on this machine, as on Linux',
      '19:5: Service containers are not supported here: nothing of them would run',
      '21:15: org/composite@v1: "using: composite" is not supported here, only JavaScript actions are',
      '23:11: Reusable workflows are not supported here, such as org/repo/.github/workflows/x.yml@v1',
    ]);
  });

  it.each([
    ['jobs:\n  a: [\n', '3:1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['on: push\njobs: {}\n', '2:7: The workflow must contain at least one job with no dependencies.'],
    [
      'on: schedule\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: a }]\n',
      '1:5: This workflow runs on schedule, not on push',
    ],
  ])('%j', async (text, message) => {
    expect((await refusals(text))[0]).toBe(message);
  });

  it.each([
    ['secrets in a condition', '    if: secrets.X\n', "Unrecognized named-value: 'secrets'"],
    ['steps in a condition', '    if: steps.a.outcome\n', "Unrecognized named-value: 'steps'"],
    ['hashFiles in a condition', "    if: hashFiles('x')\n", "Unrecognized function: 'hashFiles'"],
    ['matrix in a condition', '    if: matrix.a\n', "Unrecognized named-value: 'matrix'"],
    ['success() in a name', '    name: ${{ success() }}\n', "Unrecognized function: 'success'"],
    ['env in the env of a job', '    env: { A: "${{ env.B }}" }\n', "Unrecognized named-value: 'env'"],
    ['secrets in a name', '    name: ${{ secrets.X }}\n', "Unrecognized named-value: 'secrets'"],
    ['an open bracket', '    name: ${{ github.ref\n', 'The expression is not closed'],
    ['no expression at all', '    name: ${{ }}\n', 'An expression was expected'],
    ['half an expression', '    if: github.ref ==\n', 'Unexpected end of expression'],
  ])('contexts where GitHub has none: %s', async (_, keys, message) => {
    const [found] = await refusals(`  a:\n${keys}    ${STEPS}`);
    expect(found).toContain(message);
  });

  it('with what is wrong in the files of an action, or in finding them', async () => {
    const found = await refusals(
      `  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: org/empty@v1
      - uses: org/unbuilt@v1
      - uses: org/broken@v1
      - uses: org/hook@v1
      - uses: ./nowhere
      - uses: org/gone@v9
`,
      {
        actions: {
          'org/empty@v1': { 'README.md': '' },
          'org/unbuilt@v1': { 'action.yml': 'name: a\ndescription: b\nruns: { using: node24, main: dist/index.js }\n' },
          'org/broken@v1': { 'action.yml': 'name: a\nruns: { using: node24, main: index.js, extra: 1 }\n' },
          'org/hook@v1': action('', { runs: '  post: index.mjs\n  post-if: secrets.X\n' }),
        },
        unresolvable: { 'org/gone@v9': 'There is no release "v9": the tags are v1.' },
      },
    );
    expect(found.map((line) => line.replaceAll(/\/tmp\/[^ ]*\/(checkout|action-\d)/g, '$1'))).toEqual([
      '7:15: org/empty@v1: there is no action.yml in action-0',
      '8:15: org/unbuilt@v1: action-1/action.yml runs dist/index.js, which is not there: has it been built?',
      "9:15: org/broken@v1: action-2/action.yml:2:40: Unexpected value 'extra'",
      "10:15: org/hook@v1: action-3/action.yml: post-if: Unrecognized named-value: 'secrets'",
      expect.stringMatching(/^11:15: \.\/nowhere: there is no action\.yml in .*nowhere$/),
      '12:15: org/gone@v9: There is no release "v9": the tags are v1.',
    ]);
  });

  it('names the file, the line and the column in its message', () => {
    const error = new WorkflowError([
      { file: 'deliver.yml', line: 3, column: 5, message: 'one' },
      { file: 'deliver.yml', line: 4, column: 1, message: 'two' },
    ]);
    expect(error.message).toBe('deliver.yml:3:5: one\ndeliver.yml:4:1: two');
  });

  it('without the shell that it needs', async () => {
    const found = await refusals(`  a:\n    ${STEPS}`, { environment: { PATH: '/nowhere' } });
    expect(found).toEqual(['6:20: There is no bash on the PATH to run this: install it']);
  });

  it('but not for what it merely does not need', async () => {
    const ran = await run(`  a:
    runs-on: [self-hosted, linux]
    permissions: { contents: read }
    concurrency: one
    steps: [{ run: 'true' }]
`);
    expect(ran.job('a')).toMatchObject({ permissions: { contents: 'read' }, runsOn: ['self-hosted', 'linux'] });
  });
});
