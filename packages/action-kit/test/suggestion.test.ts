import { didYouMean } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';

describe('didYouMean', () => {
  it.each([
    ['formt', ['format', 'event'], 'format'],
    ['TIMEOUT', ['timeout'], 'timeout'],
    ['namespce', ['namespace', 'name'], 'namespace'],
    ['secret', ['secrets', 'region'], 'secrets'],
    ['resue', ['ignore', 'reuse', 'fail'], 'reuse'],
    ['fial', ['ignore', 'reuse', 'fail'], 'fail'],
    ['color', ['images', 'tags'], undefined],
    ['xy', ['pr', 'tag'], undefined],
    ['anything', [], undefined],
  ])('%s among %j', (given, known, meant) => {
    expect(didYouMean(given, known)).toBe(meant);
  });
});
