import { describe, expect, it } from 'vitest';
import type { Failure, SecretDescription } from '../../src/aws/answer.ts';
import { judge } from '../../src/aws/judge.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const DAY = 86_400_000;
const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:checkout/db-AbCdEf';

describe('a secret that answers', () => {
  it('EXISTS with a current version', () => {
    expect(described({ stages: ['AWSPREVIOUS', 'AWSCURRENT'] })).toEqual({
      id: 'checkout/db',
      store: 'aws',
      region: 'eu-west-1',
      optional: false,
      arn: ARN,
      verdict: 'EXISTS',
    });
  });

  it.each([[[]], [['AWSPENDING', 'AWSPREVIOUS']]])('S02 is NO-VALUE with the labels %j', (stages) => {
    expect(described({ stages })).toMatchObject({ verdict: 'NO-VALUE', stages });
  });

  it('S01 is DELETING, also with a current version, for 7 to 30 days after the request', () => {
    expect(described({ stages: ['AWSCURRENT'], deleted: NOW - 2 * DAY })).toMatchObject({
      verdict: 'DELETING',
      deletion: {
        requested: '2026-01-13T12:00:00.000Z',
        restorableUntil: { earliest: '2026-01-20T12:00:00.000Z', latest: '2026-02-12T12:00:00.000Z' },
      },
    });
  });

  it('S01 takes a DeletedDate to come for the end of the recovery window', () => {
    const end = '2026-02-14T12:00:00.000Z';
    expect(described({ stages: ['AWSCURRENT'], deleted: NOW + 30 * DAY }).deletion).toEqual({
      restorableUntil: { earliest: end, latest: end },
    });
  });
});

describe('rotation', () => {
  const stages = ['AWSCURRENT', 'AWSPENDING'];
  it.each([
    ['its date has passed', { enabled: true, pending: false, next: NOW - 1 }, 'OVERDUE'],
    ['its date has passed while one is pending', { enabled: true, pending: true, next: NOW - 1 }, 'OVERDUE'],
    ['one has been pending for two days', { enabled: true, pending: true, pendingSince: NOW - 2 * DAY }, 'OVERDUE'],
    ['one is under way', { enabled: true, pending: true, pendingSince: NOW - DAY / 24, next: NOW + DAY }, 'EXISTS'],
    ['one is pending since who knows when', { enabled: true, pending: true, next: NOW + DAY }, 'EXISTS'],
    ['it is due tomorrow', { enabled: true, pending: false, next: NOW + DAY }, 'EXISTS'],
    ['it was turned off', { enabled: false, pending: true, next: NOW - DAY, pendingSince: NOW - 9 * DAY }, 'EXISTS'],
  ])('S08 when %s: %o is %s', (_, rotation, verdict) => {
    expect(described({ stages, rotation }).verdict).toBe(verdict);
  });

  it('is told with the date to come', () => {
    const rotation = { enabled: true, pending: false, next: NOW + DAY };
    expect(described({ stages, rotation }).rotation).toEqual({ pending: false, next: '2026-01-16T12:00:00.000Z' });
  });
});

describe('S20 replicas', () => {
  const replica = (region: string, status: string) => ({ region, status });
  it.each([
    [[replica('us-east-1', 'InSync')], 'EXISTS'],
    [[replica('us-east-1', 'InProgress')], 'NOT-SYNCED'],
    [[replica('us-east-1', 'InSync'), replica('eu-west-1', 'Failed')], 'NOT-SYNCED'],
  ])('that are %j make it %s', (replicas, verdict) => {
    expect(described({ stages: ['AWSCURRENT'], replicas }).verdict).toBe(verdict);
  });
});

describe('a secret that does not answer, by the name of the error', () => {
  it.each([
    ['ResourceNotFoundException', 'MISSING'],
    ['AccessDeniedException', 'DENIED-OR-MISSING'],
    ['ThrottlingException', 'UNREACHABLE'],
    ['ExpiredTokenException', 'UNREACHABLE'],
    ['InternalServiceError', 'UNREACHABLE'],
    ['constructor', 'UNREACHABLE'],
  ])('%s is %s', (name, verdict) => {
    expect(failed({ name })).toMatchObject({ verdict });
  });

  it.each([
    [{ name: 'ExpiredTokenException' }, 'expired-credentials'],
    [{ name: 'UnrecognizedClientException' }, 'refused-credentials'],
    [{ name: 'InvalidSignatureException' }, 'refused-credentials'],
    [{ name: 'ThrottlingException' }, 'throttled'],
    [{ name: 'AbortError' }, 'timeout'],
    [{ name: 'AbortError', during: 'credentials' }, 'timeout'],
    [{ name: 'TimeoutError' }, 'network'],
    [{ name: 'Error', code: 'ECONNREFUSED' }, 'network'],
    [{ name: 'InternalServiceError' }, 'unexpected'],
    [{ name: 'NoRegion', during: 'region' }, 'no-region'],
    [{ name: 'CredentialsProviderError', during: 'credentials' }, 'no-credentials'],
    [{ name: 'ExpiredTokenException', during: 'credentials' }, 'expired-credentials'],
    // STS refuses the role, which says nothing about a secret.
    [{ name: 'AccessDenied', during: 'credentials' }, 'no-credentials'],
    [{ name: 'ResourceNotFoundException', during: 'credentials' }, 'no-credentials'],
  ] as const)('%o is %s', (failure, cause) => {
    expect(failed(failure).obstacle?.cause).toBe(cause);
  });

  it('is DENIED for certain when the policy of the secret denies it', () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/deploy/x is not authorized to perform: secretsmanager:DescribeSecret ' +
      'on resource: checkout/db with an explicit deny in a resource-based policy';
    expect(failed({ name: 'AccessDeniedException', message })).toMatchObject({
      verdict: 'DENIED',
      denial: {
        policy: 'resource-based policy',
        explicit: true,
        resource: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:checkout/db-??????',
      },
    });
  });
});

function described(description: Omit<SecretDescription, 'arn'>) {
  return judge({ secret: { id: 'checkout/db' }, region: 'eu-west-1', result: { arn: ARN, ...description } }, NOW);
}

function failed(failure: Partial<Failure>) {
  const result = { during: 'request', name: 'Error', message: '', ...failure } as const;
  return judge({ secret: { id: 'checkout/db' }, region: 'eu-west-1', result }, NOW);
}
