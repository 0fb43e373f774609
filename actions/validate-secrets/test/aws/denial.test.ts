import { describe, expect, it } from 'vitest';
import { accountOf, principalName, provesExistence, readDenial } from '../../src/aws/denial.ts';

const ROLE = 'arn:aws:sts::123456789012:assumed-role/deploy/GitHubActions';
const ACTION = 'is not authorized to perform: secretsmanager:DescribeSecret on resource: checkout/db';

describe('readDenial', () => {
  it.each([
    [
      'because no identity-based policy allows the secretsmanager:DescribeSecret action',
      'identity-based policy',
      false,
    ],
    ['because no session policy allows the secretsmanager:DescribeSecret action', 'session policy', false],
    ['because no permissions boundary allows the secretsmanager:DescribeSecret action', 'permissions boundary', false],
    [
      'because no resource-based policy allows the secretsmanager:DescribeSecret action',
      'resource-based policy',
      false,
    ],
    ['with an explicit deny in a service control policy', 'service control policy', true],
    ['with an explicit deny in an identity-based policy', 'identity-based policy', true],
    ['with an explicit deny in a VPC endpoint policy', 'VPC endpoint policy', true],
    ['with an explicit deny in a resource-based policy', 'resource-based policy', true],
  ])('%s', (reason, policy, explicit) => {
    expect(readDenial(`User: ${ROLE} ${ACTION} ${reason}`)).toEqual({ principal: ROLE, policy, explicit });
  });

  it('makes do with a message that says nothing', () => {
    expect(readDenial('Access Denied')).toEqual({ explicit: false });
    expect(readDenial(`User: ${ROLE} ${ACTION}`)).toEqual({ principal: ROLE, explicit: false });
  });
});

it('only an explicit deny in the policy of the secret proves that there is a secret', () => {
  expect(provesExistence({ policy: 'resource-based policy', explicit: true })).toBe(true);
  expect(provesExistence({ policy: 'resource-based policy', explicit: false })).toBe(false);
  expect(provesExistence({ policy: 'identity-based policy', explicit: true })).toBe(false);
});

it('calls a principal by its kind and name', () => {
  expect(principalName(ROLE)).toBe('role deploy');
  expect(principalName('arn:aws:iam::123456789012:user/ci/deployer')).toBe('user deployer');
  expect(principalName('arn:aws:iam::123456789012:root')).toBe('arn:aws:iam::123456789012:root');
});

it('looks names up in the account and partition of the caller', () => {
  expect(accountOf('arn:aws-cn:sts::123456789012:assumed-role/deploy/x')).toEqual({
    partition: 'aws-cn',
    account: '123456789012',
  });
  expect(accountOf(undefined)).toEqual({ partition: 'aws', account: '*' });
});
