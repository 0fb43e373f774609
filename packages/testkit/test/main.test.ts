import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@delivery-actions/action-kit';
import { runMain, SHA, stepEnv } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

describe('stepEnv', () => {
  it('has the defaults of action.yml, and every other input empty, as on the runner', () => {
    const env = stepEnv('image-tag', { inputs: { images: 'a' } });
    expect(env).toMatchObject({ INPUT_IMAGES: 'a', INPUT_TAGS: 'type=sha', 'INPUT_SHA-LENGTH': '12' });
    expect(stepEnv('image-tag', {}).INPUT_IMAGES).toBe('');
  });

  it('writes the files of the checkout', () => {
    const { GITHUB_WORKSPACE = '' } = stepEnv('image-tag', { files: { 'deploy/tests.yml': 'x' } });
    expect(existsSync(join(GITHUB_WORKSPACE, 'deploy', 'tests.yml'))).toBe(true);
  });
});

describe('runMain', () => {
  it('records what a user would see', async () => {
    const recorded = await runMain(
      'image-tag',
      async (run) => {
        run.mask('hunter2');
        run.line(`at ${run.context.commit} with hunter2`);
        run.debug('hidden');
        run.annotate({ level: 'notice', message: 'look' });
        run.outputs({ count: 2 });
        await run.report({
          heading: 'Heading',
          rows: [],
          columns: [],
          status: () => 'passed',
          findings: [],
          verdict: { passed: true, text: 'done' },
        });
      },
      { event: { name: 'push' } },
    );
    expect(recorded).toEqual({
      exitCode: 0,
      lines: [`at ${SHA} with ***`, 'done'],
      annotations: [{ level: 'notice', message: 'look' }],
      outputs: { count: '2' },
      summary: '### ✅ Heading: done\n',
      masked: ['hunter2'],
      debug: ['hidden'],
    });
  });

  it('records a failure', async () => {
    const { exitCode, annotations } = await runMain('image-tag', async () => {
      throw new UserError('no.');
    });
    expect({ exitCode, annotations }).toEqual({ exitCode: 1, annotations: [{ level: 'error', message: 'no.' }] });
  });
});
