import { describe, expect, it } from 'vitest';
import type { AwsCheck } from '../../src/aws/aws-check.ts';
import { findings } from '../../src/aws/findings.ts';
import { settle } from '../../src/aws/settle.ts';

const arnOf = (name: string, region = 'eu-west-1', account = '123456789012') =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
const listed = (name: string, region?: string) => ({ name, arn: `${arnOf(name, region)}-AbCdEf` });

describe('S05 a denial', () => {
  it.each(['checkout/db', arnOf('checkout/db'), `${arnOf('checkout/db')}-AbCdEf`])(
    'of %s that is listed is DENIED for certain',
    (id) => {
      expect(settled(denied(id), ['checkout/db'])).toMatchObject({ verdict: 'DENIED', listed: true });
    },
  );

  it('of a name that is not listed is MISSING', () => {
    const check = settled(denied('checkout/db'), ['orders/queue']);
    expect(check).toMatchObject({ verdict: 'MISSING', listed: false });
    expect(check.denial).toBeUndefined();
    expect(findings([check])[0]?.message).toBe(
      'checkout/db is MISSING: there is no such secret in eu-west-1. AWS denies access to it, and it is not among the names of ListSecrets either.',
    );
  });

  it('of another account is not settled, since a list has the own account only', () => {
    const id = arnOf('checkout/db', 'eu-west-1', '999999999999');
    expect(settled(denied(id), ['orders/queue']).verdict).toBe('DENIED-OR-MISSING');
  });

  it('stays open when names cannot be listed', () => {
    expect(settle(denied('checkout/db'), new Map())).toEqual(denied('checkout/db'));
  });
});

describe('what was meant', () => {
  it.each([
    ['chekout/db', 'checkout/db'],
    ['checkout/staging/db', 'checkout/production/db'],
    ['checkout/db-AbCdEf', 'checkout/db'],
    [`${arnOf('checkout/db')}-ZzZzZz`, 'checkout/db'],
    [arnOf('chekout/db'), 'checkout/db'],
  ])('by %s is %s', (id, name) => {
    expect(settled(missing(id), ['orders/queue', name]).suggestion).toEqual({ ...listed(name), region: 'eu-west-1' });
  });

  it('may be in another region under the same name', () => {
    const lists = new Map([
      ['eu-west-1', [listed('checkout/dc')]],
      ['us-east-1', [listed('checkout/db', 'us-east-1')]],
    ]);
    const check = settle(missing('checkout/db'), lists);
    expect(check.suggestion).toEqual({ ...listed('checkout/db', 'us-east-1'), region: 'us-east-1' });
    expect(findings([check])[0]?.hint).toMatch(
      /^checkout\/db is in us-east-1: set "region", or name it by its ARN, arn:/,
    );
  });

  it('is not guessed from what is not alike', () => {
    for (const other of ['orders/queue', 'checkout/staging/mail', 'orders/db'.repeat(3)])
      expect(settled(missing('checkout/staging/db'), [other]).suggestion, other).toBeUndefined();
  });

  it('is told with the command that creates what was asked for', () => {
    expect(findings([settled(missing('chekout/db'), ['checkout/db'])])[0]?.hint).toBe(
      'did you mean checkout/db, which is there?\nIf not:\n' +
        'aws secretsmanager create-secret --region eu-west-1 --name chekout/db --secret-string file://secret.txt',
    );
    expect(findings([settled(missing(`${arnOf('checkout/db')}-ZzZzZz`), ['checkout/db'])])[0]?.hint).toBe(
      `did you mean ${arnOf('checkout/db')}-AbCdEf, which is there?`,
    );
  });
});

it('what is certain stays as it is', () => {
  const check: AwsCheck = { ...missing('checkout/db'), verdict: 'EXISTS' };
  expect(settled(check, [])).toBe(check);
});

function settled(check: AwsCheck, names: readonly string[]): AwsCheck {
  return settle(check, new Map([['eu-west-1', names.map((name) => listed(name))]]));
}

function missing(id: string): AwsCheck {
  return { id, store: 'aws', region: 'eu-west-1', optional: false, verdict: 'MISSING' };
}

function denied(id: string): AwsCheck {
  const principal = 'arn:aws:sts::123456789012:assumed-role/deploy/x';
  const denial = { principal, policy: 'identity-based policy', explicit: false, resource: 'RESOURCE' };
  return { ...missing(id), verdict: 'DENIED-OR-MISSING', denial: { ...denial, action: 'DescribeSecret' } };
}
