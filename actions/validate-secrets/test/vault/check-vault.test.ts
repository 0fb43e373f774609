import { describe, expect, it } from 'vitest';
import { judgeState } from '../../src/vault/check-vault.ts';

const NOW = Date.UTC(2026, 10, 21);

describe('the current version', () => {
  it.each([
    ['S18 is deleted', { version: 3, deletion: NOW - 1, destroyed: false }, 'DELETING'],
    ['S18 is destroyed', { version: 3, destroyed: true }, 'NO-VALUE'],
    ['S18 was deleted and then destroyed', { version: 3, deletion: NOW - 1, destroyed: true }, 'NO-VALUE'],
    ['S18 was never put', { version: 0, destroyed: false }, 'NO-VALUE'],
    ['is there', { version: 3, destroyed: false }, 'EXISTS'],
    ['deletes itself later', { version: 3, deletion: NOW + 1, destroyed: false }, 'EXISTS'],
  ])('%s', (_, state, verdict) => {
    expect(judgeState(state, NOW).verdict).toBe(verdict);
  });

  it('says when it is deleted or deletes itself', () => {
    const state = { version: 3, destroyed: false };
    expect(judgeState({ ...state, deletion: NOW }, NOW)).toMatchObject({ deleted: '2026-11-21T00:00:00.000Z' });
    expect(judgeState({ ...state, deletion: NOW + 1000 }, NOW)).toMatchObject({ expires: '2026-11-21T00:00:01.000Z' });
  });
});
