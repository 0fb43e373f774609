import { runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';

describe('new-action', () => {
  it('passes when all files are there', async () => {
    const { exitCode, lines, outputs } = await runMain('new-action', main, {
      inputs: { files: 'b.txt\n# a comment\na.txt' },
      files: { 'a.txt': '', 'b.txt': '' },
    });
    expect({ exitCode, lines }).toEqual({
      exitCode: 0,
      lines: ['a.txt  there', 'b.txt  there', '2/2 files are there'],
    });
    expect(outputs.missing).toBe('');
  });

  it('names each file that is missing, and fails', async () => {
    const run = (step: Parameters<typeof main>[0]) => main(step, { present: async () => new Set(['a.txt']) });
    const { exitCode, annotations, outputs } = await runMain('new-action', run, {
      inputs: { files: 'a.txt\nb.txt' },
    });
    expect(exitCode).toBe(1);
    expect(annotations.map(({ message }) => message)).toEqual(['b.txt is not in the workspace.']);
    expect(outputs.missing).toBe('b.txt');
  });
});
