import { describe, expect, it } from 'vitest';
import { githubSays } from './github-schema.ts';
import { readTemplate, templateFiles } from './template.ts';

describe("GitHub's own schema", () => {
  it.each(templateFiles())('has nothing to say about %s', async (file) => {
    expect(await githubSays(file, readTemplate(file).text)).toEqual([]);
  });

  it.each([
    ['a misspelt key', /timeout-minutes/, 'timeout-minuts', "Unexpected value 'timeout-minuts'"],
    ['a job that is not there', /needs: \[test\]/, 'needs: [tests]', "Job 'build' depends on unknown job 'tests'"],
    ['a context that is not there', /runner\.temp/, 'runer.temp', "Unrecognized named-value: 'runer'"],
    ['an output that is not there', /steps\.key\.outputs/, 'steps.kye.outputs', 'Context access might be invalid: kye'],
    ['an action that is not there', /\/image-tag@/, '/imagetag@', 'Unable to resolve action `org/actions/imagetag@v1`'],
    ['an input that one of ours does not have', / {10}images: /, '          image: ', "Invalid action input 'image'"],
    ['a required input without a value', / {10}images: .*\n/, '', 'Missing required input `images`'],
    [
      'an input of others that is misspelt',
      /persist-credentials/,
      'persist-credential',
      "Invalid action input 'persist-credential'",
    ],
  ])('refuses %s', async (_what, from, to, message) => {
    const { file, text } = readTemplate('deliver.yml');
    const said = await githubSays(file, text.replace(from, to));
    expect(said.join('\n')).toContain(message);
  });
});
