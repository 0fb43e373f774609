import { describe, expect, it } from 'vitest';
import { compareKeys, mismatchOf, withMismatch } from '../../src/aws/mismatch.ts';

const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER = '4321abcd-12ab-34cd-56ef-1234567890ab';
const MULTI = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const arn = (resource: string, region = 'eu-west-1') => `arn:aws:kms:${region}:123456789012:${resource}`;

describe('keys of KMS', () => {
  it.each([
    [ID, ID, 'same'],
    [ID, OTHER, 'different'],
    [`key/${ID}`, ID, 'same'],
    [arn(`key/${ID}`), ID, 'same'],
    [ID, arn(`key/${ID}`), 'same'],
    [arn(`key/${ID}`), arn(`key/${ID}`), 'same'],
    [arn(`key/${ID}`), arn(`key/${ID}`, 'us-east-1'), 'different'],
    [arn(`key/${MULTI}`), arn(`key/${MULTI}`, 'us-east-1'), 'same'],
    ['alias/checkout', 'alias/checkout', 'same'],
    ['alias/checkout', arn('alias/checkout'), 'same'],
    [arn('alias/checkout'), arn('alias/checkout', 'us-east-1'), 'different'],
    ['alias/checkout', 'alias/Checkout', 'different'],
    ['alias/checkout', ID, 'unclear'],
    [arn(`key/${ID}`), 'alias/checkout', 'unclear'],
    [arn(`key/${ID}`, 'us-east-1'), arn('alias/checkout'), 'different'],
  ])('%s and %s: %s', (wanted, found, expected) => {
    expect(compareKeys(wanted, found)).toBe(expected);
  });
});

describe('a mismatch', () => {
  const policy = { rotation: false, replicas: [], notPlaceholder: false };
  const described = { arn: 'ARN', stages: ['AWSCURRENT'] };

  it('is none without a policy, and none when all is as it asks for', () => {
    expect(mismatchOf(described, policy)).toBeUndefined();
    expect(
      mismatchOf({ ...described, tags: { team: 'payments', more: 'x' } }, { ...policy, tags: { team: 'payments' } }),
    ).toBeUndefined();
    expect(mismatchOf(described, { ...policy, kmsKey: 'alias/aws/secretsmanager' })).toBeUndefined();
  });

  it('has every tag that is absent or other, also those that any object has', () => {
    const tags = { team: 'payments', env: 'staging', constructor: 'x' };
    expect(mismatchOf({ ...described, tags: { team: 'platform' } }, { ...policy, tags })).toEqual({
      tags: [
        { key: 'team', wanted: 'payments', found: 'platform' },
        { key: 'env', wanted: 'staging', found: null },
        { key: 'constructor', wanted: 'x', found: null },
      ],
    });
  });

  it.each([
    ['EXISTS', 'MISMATCH', undefined],
    ['STALE', 'MISMATCH', 'STALE'],
    ['OVERDUE', 'MISMATCH', 'OVERDUE'],
    ['KEY-MISSING', 'KEY-MISSING', undefined],
    ['NOT-SYNCED', 'NOT-SYNCED', undefined],
  ] as const)('makes %s %s', (verdict, after, also) => {
    const check = { id: 'a', store: 'aws', region: null, optional: false, verdict, mismatch: { tags: [] } } as const;
    const { also: kept, verdict: found } = withMismatch(check);
    expect([found, kept]).toEqual([after, also]);
  });
});
