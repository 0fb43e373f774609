import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRunnerFiles, parseVariables, readRunnerFile } from '../../src/workflow/runner-files.ts';
import { run, temporaryFolder } from './harness.ts';

describe('the files of a step', () => {
  it('any value comes through the notation with a delimiter', () => {
    const name = fc.stringMatching(/^[A-Za-z_][\w-]*$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, fc.string({ unit: 'binary' })), { selector: ([key]) => key }),
        (pairs) => {
          const text = pairs.map(([key, value]) => `${key}<<delimiter_1f\n${value}\ndelimiter_1f\n`).join('');
          expect([...parseVariables(text)]).toEqual(pairs);
        },
      ),
    );
  });

  it('read both notations', () => {
    const text = '\uFEFFa=1\n\nb==x<<y\nc<<E\n1=2\n\nE\nd<<E\nE\na=2';
    expect(Object.fromEntries(parseVariables(text))).toEqual({ a: '2', b: '=x<<y', c: '1=2\n', d: '' });
  });

  it.each([
    ['nothing', "Invalid format 'nothing'"],
    ['=x', "Invalid format '=x'. Name must not be empty"],
    ['a<<', "Invalid format 'a<<'. Name must not be empty and delimiter must not be empty"],
    ['a<<E\nx', "Invalid value. Matching delimiter not found 'E'"],
  ])('%j is an error', (text, message) => {
    expect(() => parseVariables(text)).toThrow(message);
  });

  it('that a step has deleted say nothing', async () => {
    const files = await makeRunnerFiles(temporaryFolder());
    rmSync(files.output);
    expect(await readRunnerFile(files.output)).toBe('');
  });

  it('hand on variables and folders, and fail the step when they are wrong', async () => {
    const ran = await run(`
  j:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          mkdir -p one two
          printf '#!/bin/sh\\necho from one' > one/tool; printf '#!/bin/sh\\necho from two' > two/tool; chmod +x */tool
          echo "$PWD/one" >> "$GITHUB_PATH"
          echo "$PWD/two" >> "$GITHUB_PATH"
          echo "A=1" >> "$GITHUB_ENV"
          printf 'NODE_OPTIONS=--inspect\\n' >> "$GITHUB_ENV"
          echo "# Title" >> "$GITHUB_STEP_SUMMARY"
      - run: tool; echo "$A $NODE_OPTIONS"; echo "wrong" >> "$GITHUB_OUTPUT"; echo "B=2" >> "$GITHUB_ENV"
      - if: always()
        run: echo "b $B"
`);
    const [first, second] = ran.job('j').steps;
    expect(first?.summary).toBe('# Title\n');
    expect(first?.annotations.map(({ message }) => message)).toEqual([
      "Can't store NODE_OPTIONS using '$GITHUB_ENV' command.",
    ]);
    expect(second?.log).toEqual([
      'from two',
      '1 ',
      "##[error]Unable to process file command 'output' successfully.",
      "##[error]Invalid format 'wrong'",
    ]);
    expect(second?.conclusion).toBe('failure');
    expect(ran.job('j').steps[2]?.log).toEqual(['b 2']);
  });
});
