import { runBundle } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

describe('new-action, as it ships', () => {
  it('passes when all files are there', async () => {
    const { exitCode, lines } = await runBundle('new-action', {
      inputs: { files: 'a.txt' },
      files: { 'a.txt': '' },
    });
    expect([exitCode, lines.at(-1)]).toEqual([0, '1/1 files are there']);
  });

  it('fails when one is missing', async () => {
    const { exitCode, annotations } = await runBundle('new-action', { inputs: { files: 'b.txt' } });
    expect(exitCode).toBe(1);
    expect(annotations.map(({ message }) => message)).toEqual([
      'b.txt is not in the workspace.\nNext: check it out before this step, or correct the path',
    ]);
  });
});
