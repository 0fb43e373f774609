import type { RunContext } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';
import { checkEnv } from '../../src/env/check-env.ts';

const BASE = { repo: { full_name: 'acme/checkout-service' } };
const FORK = { repo: { full_name: 'somebody/checkout-service' } };

describe('S16 an empty variable', () => {
  it.each([
    ['push', {}, 'octocat', 'unset'],
    ['push', {}, 'dependabot[bot]', 'dependabot'],
    ['workflow_dispatch', {}, 'dependabot[bot]', 'unset'],
    ['pull_request', { pull_request: { head: BASE, base: BASE } }, 'octocat', 'unset'],
    ['pull_request', { pull_request: { head: FORK, base: BASE } }, 'octocat', 'fork'],
    ['pull_request', { pull_request: { head: { repo: null }, base: BASE } }, 'octocat', 'fork'],
    ['pull_request_review', { pull_request: { head: FORK, base: BASE } }, 'octocat', 'fork'],
    ['pull_request_target', { pull_request: { head: FORK, base: BASE } }, 'octocat', 'unset'],
    ['pull_request', { pull_request: { head: BASE, base: BASE } }, 'dependabot[bot]', 'dependabot'],
    ['pull_request', { pull_request: null }, 'octocat', 'unset'],
    ['pull_request', {}, 'octocat', 'unset'],
  ])('of %s with %j by %s is so because of: %s', (eventName, payload, actor, reason) => {
    expect(look({ KEY: '' }, { eventName, payload, actor })).toMatchObject({ verdict: 'EMPTY', empty: reason });
  });

  it('of blanks is empty, and one that is not there was not handed in', () => {
    expect(look({ KEY: ' \n' })).toMatchObject({ verdict: 'EMPTY', empty: 'unset' });
    expect(look({})).toMatchObject({ verdict: 'EMPTY', empty: 'not-handed-in' });
  });

  it('with a value EXISTS, and the event is not read', () => {
    const run = {
      env: { KEY: 'x' },
      get context(): RunContext {
        throw new Error('nobody asked');
      },
    };
    expect(checkEnv([request], run)).toEqual([
      { id: 'env:KEY', store: 'env', region: null, optional: false, verdict: 'EXISTS' },
    ]);
  });
});

const request = { id: 'env:KEY', optional: false, keys: [], reference: { store: 'env', name: 'KEY' } } as const;

function look(env: Record<string, string>, context: Partial<RunContext> = {}) {
  return checkEnv([request], {
    env,
    context: { actor: '', eventName: 'push', payload: {}, ...context } as RunContext,
  })[0];
}
