import { describe, expect, it } from 'vitest';
import type { SecretDescription } from '../../src/aws/answer.ts';
import type { AwsCheck } from '../../src/aws/aws-check.ts';
import { applyPolicy } from '../../src/aws/policy.ts';
import { withAge } from '../../src/check.ts';
import { lookInto } from '../../src/keys.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 15, 12);
const EXISTS: AwsCheck = {
  id: 'checkout/db',
  store: 'aws',
  region: 'eu-west-1',
  optional: false,
  verdict: 'EXISTS',
};

describe('the age of a value', () => {
  it.each([
    [180 * DAY, 'EXISTS'],
    [180 * DAY + 1, 'STALE'],
    [730 * DAY, 'STALE'],
  ])('S09 of %i ms against 180 days is %s', (age, verdict) => {
    expect(withAge(EXISTS, NOW - age, 180 * DAY, NOW)).toMatchObject({ verdict, age: { limit: 180 } });
  });

  it('S09 does not hide what weighs more', () => {
    const check = withAge({ ...EXISTS, verdict: 'NOT-SYNCED' }, NOW - 730 * DAY, 180 * DAY, NOW);
    expect(check).toMatchObject({ verdict: 'NOT-SYNCED', age: { days: 730 } });
  });
});

describe('S20 replicas that a policy asks for', () => {
  const judged = (regions: readonly string[], replicas: SecretDescription['replicas']) =>
    applyPolicy(
      EXISTS,
      { arn: 'ARN', stages: ['AWSCURRENT'], ...(replicas === undefined ? {} : { replicas }) },
      { rotation: false, replicas: regions, notPlaceholder: false },
    );

  it.each([
    [['us-east-1'], [{ region: 'us-east-1', status: 'InSync' }], 'EXISTS'],
    [['us-east-1'], [{ region: 'us-east-1', status: 'Failed' }], 'NOT-SYNCED'],
    [['us-east-1'], undefined, 'NOT-SYNCED'],
    [['eu-west-1'], undefined, 'EXISTS'],
    [[], undefined, 'EXISTS'],
  ])('%j with %j is %s', (regions, replicas, verdict) => {
    expect(judged(regions, replicas).verdict).toBe(verdict);
  });
});

it.each([
  ['changeme', [], { placeholder: true }],
  ['  ', [], { blank: true }],
  ['{"a":"changeme","b":"x"}', [], { placeholder: true }],
  ['{"a":"changeme","b":"x"}', ['b'], {}],
  ['{"a":"changeme","b":"x"}', ['a'], { placeholder: true }],
  ['"changeme"', [], { placeholder: true }],
  ['k-4711', [], {}],
])('S11 looking into %s for %j', (value, keys, found) => {
  const { placeholder, blank } = lookInto(value, { keys, notPlaceholder: true });
  expect({ ...(placeholder && { placeholder }), ...(blank && { blank }) }).toEqual(found);
  expect(lookInto(value, { keys: [], notPlaceholder: false })).toEqual({ missing: [], otherCase: [], empty: [] });
});
