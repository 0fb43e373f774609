import { UserError } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';
import { parseSecretId, policyResource, withoutSuffix } from '../../src/aws/secret-id.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:checkout/db-AbCdEf';

describe('parseSecretId', () => {
  it.each(['checkout-service/staging/database-url', '/leading', 'rds!db-4f1c', 'a_b+c=d.e@f'])(
    'takes the name %s',
    (id) => {
      expect(parseSecretId(id)).toEqual({ id });
    },
  );

  it.each([
    [ARN, 'aws', 'eu-west-1'],
    [ARN.replace('aws:', 'aws-cn:').replace('eu-west-1', 'cn-north-1'), 'aws-cn', 'cn-north-1'],
    [ARN.replace('aws:', 'aws-us-gov:').replace('eu-west-1', 'us-gov-west-1'), 'aws-us-gov', 'us-gov-west-1'],
  ])('S21 reads the ARN %s', (id, partition, region) => {
    expect(parseSecretId(id)).toEqual({
      id,
      arn: { partition, region, account: '123456789012', resource: 'checkout/db-AbCdEf' },
    });
  });

  it.each([
    ['checkout db', 'may not contain a blank', 'write one secret a line'],
    ['- checkout/db', 'may not contain a blank', 'not a YAML list'],
    ['checkout/a,checkout/b', 'may not contain ","', 'write one secret a line'],
    ['"checkout/db"', 'may not contain the quote "', 'without quotes'],
    ['“checkout/db”', 'may not contain the quote “', 'without quotes'],
    ['${{ inputs.stage }}/db', 'may not contain "$"', 'a variable was not filled in'],
    ['checkout/\u200Bdb', 'may not contain an invisible character (U+200B)', 'letters, digits'],
    ['checkout/$STAGE/db', 'may not contain "$"', '${{ inputs.name }}'],
    ['checkout/gateway#apiKey', 'may not contain "#"', 'letters, digits'],
    ['checkout/sécret', 'may not contain "é"', 'letters, digits'],
    ['x'.repeat(513), '513 characters is too long', ''],
    ['arn:aws:ssm:eu-west-1:123456789012:parameter/x', 'is not the ARN of a secret', 'ssm:arn:aws:ssm:eu-west-1'],
    ['arn:aws:secretsmanager:eu-west-1:1234:secret:x', 'is not the ARN of a secret', ''],
    [`${ARN}:password::`, 'has more than an ARN has', `ECS notation; write ${ARN}`],
    [`${ARN} x`, 'may not contain a blank', 'write one secret a line'],
  ])('refuses %s', (entry, message, hint) => {
    const error = thrownBy(() => parseSecretId(entry));
    expect(error.message).toContain(message);
    expect(error.findings[0]?.hint ?? '').toContain(hint);
  });
});

it('withoutSuffix takes off what looks like the random characters of an ARN', () => {
  expect(withoutSuffix('checkout/db-AbCdEf')).toBe('checkout/db');
  expect(withoutSuffix('checkout/db-AbCdE')).toBeUndefined();
  expect(withoutSuffix('checkout/database-url')).toBeUndefined();
  expect(withoutSuffix('-AbCdEf')).toBeUndefined();
});

describe('policyResource names exactly one secret', () => {
  const caller = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };
  const prefix = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';

  it.each([
    ['checkout/db', `${prefix}checkout/db-??????`],
    ['checkout/db-AbCdEf', `${prefix}checkout/db-AbCdEf-??????`],
    [ARN, ARN],
    [`${prefix}checkout/partial`, `${prefix}checkout/partial-??????`],
  ])('%s', (id, resource) => {
    expect(policyResource(parseSecretId(id), caller)).toBe(resource);
  });
});

function thrownBy(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('it should have thrown a UserError');
}
