import { UserError } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../src/workload.ts';

function refusal(text: string): unknown {
  try {
    return parseWorkload(text);
  } catch (error) {
    return error instanceof UserError ? error.findings[0] : error;
  }
}

describe('a workload', () => {
  it.each([
    ['deployment/checkout', 'deployment', 'checkout'],
    ['deploy/checkout', 'deployment', 'checkout'],
    ['Deployment/checkout.v2', 'deployment', 'checkout.v2'],
    ['rollout/checkout-service', 'rollout', 'checkout-service'],
    ['ro/checkout', 'rollout', 'checkout'],
  ])('%s is a %s', (text, kind, name) => {
    expect(parseWorkload(text)).toEqual({ kind, name });
  });

  it.each([
    [
      'checkout',
      '"checkout" is not a workload such as deployment/checkout',
      'say what it is: deployment/checkout or rollout/checkout',
    ],
    ['a/b/c', '"a/b/c" is not a workload such as deployment/checkout', 'write one workload a line, as kind/name'],
    [
      'deployement/web',
      '"deployement" is not a kind that this action waits for: expected deployment or rollout',
      'did you mean "deployment/web"?',
    ],
    [
      'statefulset/db',
      '"statefulset" is not a kind that this action waits for: expected deployment or rollout',
      'for now: kubectl rollout status statefulset/db --timeout 10m',
    ],
  ])('%s is refused with the next step', (text, message, hint) => {
    expect(refusal(text)).toMatchObject({ message, hint });
  });

  it.each(['deployment/', 'deployment/Checkout', 'deployment/check_out'])('%s cannot be a name', (text) => {
    expect(refusal(text)).toMatchObject({ message: expect.stringContaining('cannot be the name of a deployment') });
  });
});
