import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { action, run, temporaryFolder, write } from './harness.ts';

const PRINT = `for (const [name, value] of Object.entries(process.env).sort()) console.log(name + '=' + value);`;

/** An action whose three phases print their state and names. */
const phases = (name: string, main = '') => ({
  'action.yml': `name: a
description: b
inputs: { who: { default: 'nobody' } }
runs:
  using: node20
  pre: pre.mjs
  main: index.mjs
  post: post.mjs
`,
  'pre.mjs': `import { appendFileSync } from 'node:fs';
console.log('pre ${name} ' + process.env.INPUT_WHO);
appendFileSync(process.env.GITHUB_STATE, 'seen=pre\\n');`,
  'index.mjs': `console.log('main ${name} ' + process.env.STATE_seen);
console.log('::save-state name=seen::main');
${main}`,
  'post.mjs': `console.log('post ${name} ' + process.env.STATE_seen + ' ' + process.env.INPUT_WHO);`,
});

describe('a JavaScript action', () => {
  it('has the variables of a hosted runner and nothing of this process', async () => {
    process.env.LEAK = 'leaked';
    const ran = await run(
      `
  j:
    runs-on: ubuntu-24.04
    steps:
      - uses: org/print/inner@v1
        with: { 'two words': x }
`,
      {
        actions: {
          'org/print/inner@v1': action(PRINT, { inputs: "{two words: {}, Token: {default: '${{ github.token }}'}}" }),
        },
        github: { apiUrl: 'https://ghe.example/api/v3', serverUrl: 'https://ghe.example', token: 'ghs_x' },
      },
    );
    delete process.env.LEAK;
    const variables = Object.fromEntries(
      (ran.job('j').steps[0]?.log ?? []).map((line) => [
        line.slice(0, line.indexOf('=')),
        line.slice(line.indexOf('=') + 1),
      ]),
    );
    const workspace = variables.GITHUB_WORKSPACE ?? '';
    expect(variables).toMatchObject({
      CI: 'true',
      GITHUB_ACTION: '__org_print',
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_REF: 'v1',
      GITHUB_ACTION_REPOSITORY: 'org/print',
      GITHUB_ACTOR: 'ada',
      GITHUB_API_URL: 'https://ghe.example/api/v3',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_GRAPHQL_URL: 'https://ghe.example/api/graphql',
      GITHUB_JOB: 'j',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REF_NAME: 'main',
      GITHUB_REF_PROTECTED: 'false',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_REPOSITORY: 'org/demo',
      GITHUB_REPOSITORY_ID: '7',
      GITHUB_REPOSITORY_OWNER: 'org',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_RUN_ID: '11',
      GITHUB_RUN_NUMBER: '3',
      GITHUB_SERVER_URL: 'https://ghe.example',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_TRIGGERING_ACTOR: 'ada',
      GITHUB_WORKFLOW: 'w',
      GITHUB_WORKFLOW_REF: 'org/demo/.github/workflows/w.yml@refs/heads/main',
      INPUT_TWO_WORDS: 'x',
      INPUT_TOKEN: '***',
      RUNNER_ENVIRONMENT: 'github-hosted',
    });
    expect(workspace).toMatch(/\/j\/demo\/demo$/);
    expect(variables.RUNNER_WORKSPACE).toBe(workspace.slice(0, -'/demo'.length));
    for (const name of [
      'RUNNER_TEMP',
      'RUNNER_TOOL_CACHE',
      'RUNNER_OS',
      'RUNNER_ARCH',
      'RUNNER_NAME',
      'GITHUB_EVENT_PATH',
    ]) {
      expect(variables[name]).not.toBe('');
      expect(variables[name]).toBeDefined();
    }
    expect(Object.keys(variables)).not.toContain('LEAK');
  });

  it('finds the event in its file', async () => {
    const payload = { repository: { id: 7 }, pull_request: { head: { ref: 'topic' }, base: { ref: 'main' } } };
    const script = `import { readFileSync } from 'node:fs';
      console.log(readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8'));
      console.log(process.env.GITHUB_HEAD_REF + ' into ' + process.env.GITHUB_BASE_REF + ' ' + process.env.GITHUB_REF_NAME);`;
    const ran = await run(`name: w\non: pull_request\njobs:\n  j:\n    runs-on: x\n    steps: [{ uses: org/a@v1 }]`, {
      event: { name: 'pull_request', payload, sha: 'b'.repeat(40), ref: 'refs/pull/5/merge' },
      actions: { 'org/a@v1': action(script) },
    });
    expect(ran.log).toBe(`${JSON.stringify(payload)}\ntopic into main 5/merge`);
  });

  it('pre runs first, post last and in reverse, with the state between them, also after a failure', async () => {
    const ran = await run(
      `
  j:
    runs-on: ubuntu-24.04
    steps:
      - run: echo first
      - { uses: org/a@v1, with: { who: 'a \${{ github.actor }}' } }
      - { name: Bee, uses: org/b@v1 }
      - run: echo not reached
`,
      { actions: { 'org/a@v1': phases('a'), 'org/b@v1': phases('b', 'process.exitCode = 1;') } },
    );
    expect(ran.log.split('\n').filter((line) => !line.includes('deprecated'))).toEqual([
      'pre a a ada',
      'pre b nobody',
      'first',
      'main a pre',
      'main b pre',
      'post b main nobody',
      'post a main a ada',
    ]);
    expect(ran.job('j').steps.map(({ name, phase, conclusion }) => [name, phase, conclusion])).toEqual([
      ['Pre Run org/a@v1', 'pre', 'success'],
      ['Pre Bee', 'pre', 'success'],
      ['Run echo first', 'main', 'success'],
      ['Run org/a@v1', 'main', 'success'],
      ['Bee', 'main', 'failure'],
      ['Run echo not reached', 'main', 'skipped'],
      ['Post Bee', 'post', 'success'],
      ['Post Run org/a@v1', 'post', 'success'],
    ]);
    expect(ran.conclusion).toBe('failure');
  });

  it('post-if decides by the status of the job; a skipped step has a post only if its pre has run', async () => {
    const conditional = {
      ...action(`console.log('main')`, { runs: '  post: index.mjs\n  post-if: failure()\n' }),
    };
    const ran = await run(
      `
  j:
    runs-on: ubuntu-24.04
    steps:
      - { uses: org/a@v1 }
      - { uses: org/b@v1, if: false }
      - { uses: org/c@v1, if: false }
`,
      { actions: { 'org/a@v1': conditional, 'org/b@v1': phases('b'), 'org/c@v1': conditional } },
    );
    expect(ran.job('j').steps.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual([
      'Pre Run org/b@v1 success',
      'Run org/a@v1 success',
      'Run org/b@v1 skipped',
      'Run org/c@v1 skipped',
      'Post Run org/a@v1 skipped',
      'Post Run org/b@v1 success',
    ]);
  });

  it('is warned of an input that it does not have and of a deprecated one', async () => {
    const ran = await run(
      `
  j:
    runs-on: ubuntu-24.04
    steps:
      - uses: org/a@v1
        with: { Good: 1, bade: 2, old: 3 }
`,
      { actions: { 'org/a@v1': action('', { inputs: '{good: {}, old: {deprecationMessage: take good}}' }) } },
    );
    expect(ran.job('j').steps[0]?.annotations.map(({ message }) => message)).toEqual([
      "Input 'old' has been deprecated with message: take good",
      "Unexpected input(s) 'bade', valid inputs are ['good', 'old']",
    ]);
  });

  it('of the repository itself is run from the workspace, so only after the checkout', async () => {
    const checkout = temporaryFolder();
    write(join(checkout, 'own'), action(`console.log('own')`));
    const jobs = (first: string) => `
  j:
    runs-on: ubuntu-24.04
    steps:
      - uses: ${first}
      - uses: ./own
`;
    const actions = {
      'org/checkout@v1': {
        kind: 'substitute' as const,
        name: 'checkout',
        run: async (step: { workspace: string; checkout: string }) => {
          write(join(step.workspace, 'own'), {
            'action.yml': readFileSync(join(step.checkout, 'own', 'action.yml'), 'utf8'),
            'index.mjs': readFileSync(join(step.checkout, 'own', 'index.mjs'), 'utf8'),
          });
          return {};
        },
      },
      'org/nothing@v1': { kind: 'substitute' as const, name: 'nothing', run: async () => ({}) },
    };
    expect((await run(jobs('org/checkout@v1'), { checkout, actions })).log).toBe('own');
    expect((await run(jobs('org/nothing@v1'), { checkout, actions })).log).toBe(
      '##[error]There is no ./own in the workspace. Did you forget to run actions/checkout before it?',
    );
  });
});

describe('the posts of a job', () => {
  it('any action that has started is cleaned up, the last one first, whatever failed', async () => {
    const kind = fc.record({
      post: fc.boolean(),
      fails: fc.boolean(),
      runs: fc.constantFrom('', 'if: always()', 'if: false'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 4 }), async (kinds) => {
        const actions = kinds.map(({ post, fails }, index) => [
          `org/a${index}@v1`,
          {
            ...action(`process.exitCode = ${fails ? 1 : 0};`, { runs: post ? '  post: post.mjs\n' : '' }),
            'post.mjs': `process.exitCode = ${fails ? 1 : 0};`,
          },
        ]);
        const steps = kinds.map(({ runs }, index) => `      - uses: org/a${index}@v1\n${runs && `        ${runs}\n`}`);
        const ran = await run(`  j:\n    runs-on: x\n    steps:\n${steps.join('')}`, {
          actions: Object.fromEntries(actions),
        });
        const all = ran.job('j').steps;
        const started = all.filter(({ phase, conclusion }) => phase === 'main' && conclusion !== 'skipped');
        const expected = started.filter(({ name }) => kinds[Number(/a(\d)@/.exec(name)?.[1])]?.post).reverse();
        expect(all.filter(({ phase }) => phase === 'post').map(({ name }) => name)).toEqual(
          expected.map(({ name }) => `Post ${name}`),
        );
        expect(ran.conclusion).toBe(all.some(({ conclusion }) => conclusion === 'failure') ? 'failure' : 'success');
      }),
      { numRuns: 8 },
    );
  });
});

describe('a substitute', () => {
  it('gets inputs and environment, speaks in commands, gives outputs and variables', async () => {
    const ran = await run(
      `
  j:
    runs-on: ubuntu-24.04
    steps:
      - { id: s, uses: org/s@v1, with: { Name: '\${{ github.actor }}' }, env: { A: '1' } }
      - run: echo "$FROM_SUBSTITUTE \${{ steps.s.outputs.x }}"
`,
      {
        actions: {
          'org/s@v1': {
            kind: 'substitute',
            name: 's',
            run: async ({ inputs, environment, log }) => {
              log(`::notice::${inputs.name} ${environment.A} ${environment.GITHUB_RUN_ID}`);
              return { outputs: { x: 'y' }, environment: { FROM_SUBSTITUTE: 'yes' } };
            },
          },
        },
      },
    );
    expect(ran.log).toBe('##[notice]ada 1 11\nyes y');
    expect(ran.step('s').annotations).toEqual([{ level: 'notice', message: 'ada 1 11' }]);
  });
});

describe('a script', () => {
  it('runs under bash -e, with pipefail only if bash is asked for', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    steps:
      - { id: usual, run: "false | true; echo reached", continue-on-error: true }
      - { id: asked, run: "false | true; echo reached", shell: bash, continue-on-error: true }
      - { id: stops, run: "false; echo reached", continue-on-error: true }
      - { id: sh, run: "echo $0", shell: sh }
      - { id: own, run: "console.log('js')", shell: 'node {0}' }
`);
    expect(ran.step('usual').log).toEqual(['reached']);
    expect(ran.step('asked').log).toEqual(['##[error]Process completed with exit code 1.']);
    expect(ran.step('stops').outcome).toBe('failure');
    expect(ran.step('stops').conclusion).toBe('success');
    expect(ran.step('sh').log[0]).toMatch(/_temp\/[\w-]+\.sh$/);
    expect(ran.step('own').log).toEqual(['js']);
  });

  it('starts in a workspace of its own, or says that its folder is not there', async () => {
    const ran = await run(`
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: touch x; ls
  b:
    needs: a
    runs-on: ubuntu-24.04
    steps:
      - run: ls
      - { id: lost, run: ls, working-directory: nowhere }
`);
    expect(ran.job('a').steps[0]?.log).toEqual(['x']);
    expect(ran.job('b').steps[0]?.log).toEqual([]);
    expect(ran.step('lost').log[0]).toMatch(/^##\[error\]The working directory .*\/nowhere is not there$/);
  });

  it('prints lines as they come, without the ends of Windows, and the last one without an end', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    steps:
      - run: printf 'one\\r\\n\\nthree é'
`);
    expect(ran.job('j').steps[0]?.log).toEqual(['one', '', 'three é']);
  });

  it('env of step over job over workflow, and GITHUB_ENV over the last two', async () => {
    const ran = await run(`name: w
on: push
env: { A: workflow, B: workflow, C: workflow }
jobs:
  j:
    runs-on: ubuntu-24.04
    env: { B: job, C: job }
    steps:
      - { run: 'echo "$A $B $C"', env: { C: step } }
      - run: echo "A=file" >> "$GITHUB_ENV"; echo "C=file" >> "$GITHUB_ENV"
      - { run: 'echo "$A $B $C"', env: { C: step } }
      - run: echo "$A $B $C"
`);
    expect(ran.log).toBe('workflow job step\nfile job step\nfile job file');
  });
});
