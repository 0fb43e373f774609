import { describe, expect, it } from 'vitest';
import type { AwsCheck } from '../../src/aws/aws-check.ts';
import { findings } from '../../src/aws/findings.ts';
import type { Obstacle } from '../../src/aws/obstacle.ts';
import { whyUnreachable } from '../../src/aws/why-unreachable.ts';
import { unreachableFindings } from '../../src/root-cause.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:checkout/db-AbCdEf';

describe('a missing secret', () => {
  it('that is named by its ARN may have been created again', () => {
    expect(only(missing(ARN)).hint).toBe(
      'if it was deleted and created again, its ARN has another end now: name the secret as checkout/db instead, or look it up:\n' +
        'aws secretsmanager describe-secret --region eu-west-1 --secret-id checkout/db --query ARN',
    );
  });

  it('with an empty part in its name was named with an empty expression', () => {
    expect(only(missing('checkout//db')).hint).toBe(
      'its name has an empty part: was an expression such as ${{ inputs.environment }} empty?',
    );
  });

  it('whose name the shell would change is quoted', () => {
    expect(only(missing('rds!db')).hint).toContain("--name 'rds!db' ");
  });
});

it('a deletion whose end is known says so', () => {
  const end = '2026-02-14T12:00:00.000Z';
  const deletion = { restorableUntil: { earliest: end, latest: end } };
  expect(only({ ...check('checkout/db'), verdict: 'DELETING', deletion }).message).toMatch(
    / It can be restored until 2026-02-14\.$/,
  );
});

describe('denied secrets', () => {
  const denial = {
    principal: 'arn:aws:sts::123456789012:assumed-role/deploy/x',
    policy: 'identity-based policy',
    explicit: false,
    resource: 'RESOURCE',
    action: 'DescribeSecret',
  } as const;
  const denied = (id: string, more: { policy?: string; explicit?: boolean } = {}): AwsCheck => ({
    ...check(id),
    verdict: 'DENIED-OR-MISSING',
    denial: { ...denial, ...more },
  });

  it('are one finding for each policy that is in the way', () => {
    const all = findings([denied('a'), denied('b'), denied('c', { policy: 'session policy' })]);
    expect(all.map(({ message }) => message)).toEqual([
      expect.stringContaining('The role deploy may not describe a, b, because no identity-based policy allows it.'),
      expect.stringContaining('The role deploy may not describe c, because no session policy allows it.'),
    ]);
  });

  it('may be missing when the permission is there, or be named with the suffix of an ARN', () => {
    const { hint = '' } = only(denied('checkout/db-AbCdEf'));
    expect(hint.split('\n').at(-1)).toBe(
      'If that is there already, checkout/db-AbCdEf does not exist (or is its name checkout/db, without the suffix of the ARN?): ' +
        'aws secretsmanager create-secret --region eu-west-1 --name checkout/db-AbCdEf --secret-string file://secret.txt',
    );
    expect(only(denied(ARN)).hint?.split('\n').at(-1)).toBe(`If that is there already, ${ARN} does not exist.`);
  });

  it('by an explicit deny are not helped by another permission', () => {
    const { hint } = only(denied('a', { policy: 'service control policy', explicit: true }));
    expect(hint).toBe(
      'find the statement with "Effect": "Deny" in the service control policy: it wins over every statement that allows',
    );
  });

  it('never ask for every secret', () => {
    expect(JSON.stringify(findings([denied('a'), denied('b')]))).not.toMatch(/secret:\*|"Resource": "\*"/);
  });
});

describe('S22 what is in the way of all secrets is told once', () => {
  it.each([
    ['no-region', 'There is no AWS region, so 2 secrets could not be checked.'],
    ['no-credentials', 'There are no usable AWS credentials in this job (why), so 2 secrets could not be checked.'],
    ['expired-credentials', 'The AWS credentials of this job have expired (NAME), so 2 secrets could not be checked.'],
    [
      'refused-credentials',
      'AWS does not accept the credentials in eu-west-1 (NAME: why), so 2 secrets could not be checked.',
    ],
    ['throttled', 'Secrets Manager kept answering NAME in eu-west-1, so 2 secrets could not be checked.'],
    ['timeout', 'The time was up before Secrets Manager answered, so 2 secrets could not be checked.'],
    ['network', 'Secrets Manager cannot be reached in eu-west-1 (NAME: why), so 2 secrets could not be checked.'],
    [
      'unexpected',
      'Secrets Manager answered with an error in eu-west-1 (NAME: why), so 2 secrets could not be checked.',
    ],
  ] as const)('%s', (cause, message) => {
    const all = untold([unreachable('a', cause), unreachable('b', cause)]);
    expect(all).toMatchObject([{ level: 'error', message, hint: expect.stringMatching(/\S/) }]);
  });

  it('with the regions where it matters in which, and apart when they answer otherwise', () => {
    const there = (cause: Obstacle, error?: string) => ({ ...unreachable('b', cause, error), region: 'us-east-1' });
    expect(untold([unreachable('a', 'network'), there('network')]).map(({ message }) => message)).toEqual([
      'Secrets Manager cannot be reached in eu-west-1, us-east-1 (NAME: why), so 2 secrets could not be checked.',
    ]);
    expect(untold([unreachable('a', 'network'), there('network', 'ENOTFOUND')])).toHaveLength(2);
    const [expired, ...others] = untold([unreachable('a', 'expired-credentials'), there('expired-credentials')]);
    expect(expired?.message).not.toContain('us-east-1');
    expect(others).toEqual([]);
  });

  it.each([
    ['InvalidSignatureException', /^AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID/],
    ['UnrecognizedClientException', /^is the region enabled in this account/],
  ])('%s has its own way out', (error, hint) => {
    const [{ hint: said = '' } = {}] = untold([unreachable('a', 'refused-credentials', error)]);
    expect(said).toMatch(hint);
  });

  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ['ENOTFOUND', 'is the region spelt right?'],
    ['ECONNREFUSED', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'],
  ])('%s has its own way out', (error, hint) => {
    expect(untold([unreachable('a', 'network', error)])[0]?.hint).toContain(hint);
  });
});

it('a rotation that is stuck before its next date is not told as due by it', () => {
  const stuck = {
    ...check('a'),
    verdict: 'OVERDUE' as const,
    rotation: { pending: true, next: '2126-01-10T00:00:00Z' },
  };
  expect(only(stuck).message).not.toContain('due');
  expect(only({ ...stuck, rotation: { ...stuck.rotation, missed: true } }).message).toContain('due by 2126-01-10');
});

it('what a shell takes for its own is quoted in every command', () => {
  const about = { ...check('rds!db'), rotation: { pending: true }, replicas: [] };
  const replicas = [{ region: 'us-east-1', status: 'Failed', needed: true }];
  const denial = { policy: 'resource-based policy', explicit: true, resource: '', action: 'DescribeSecret' as const };
  const commands = [
    { ...about, verdict: 'DELETING' as const },
    { ...about, verdict: 'NO-VALUE' as const },
    { ...about, verdict: 'OVERDUE' as const },
    { ...about, verdict: 'OVERDUE' as const, rotation: { pending: false, off: true as const } },
    { ...about, verdict: 'NOT-SYNCED' as const, replicas },
    { ...about, verdict: 'DENIED' as const, denial },
    { ...missing(ARN.replace('db', 'rds!db')) },
  ].flatMap((each) => only(each).hint?.match(/^aws .*$/gm) ?? []);
  expect(commands).toHaveLength(9);
  for (const command of commands) expect(command).toMatch(/ '[^']*rds!db'/);
});

it('a wrong region is suspected only when no secret of several is there', () => {
  const titles = (...checks: AwsCheck[]) => findings(checks).map(({ title }) => title);
  expect(titles(missing('a'), missing('b'))).toContain('Wrong region or account?');
  expect(titles(missing('a'))).not.toContain('Wrong region or account?');
  expect(titles(missing('a'), missing('b'), check('c'))).not.toContain('Wrong region or account?');
  const alike = (region: string) => ({ ...missing('b'), suggestion: { name: 'bb', arn: 'arn:bb', region } });
  expect(titles(missing('a'), alike('eu-west-1'))).not.toContain('Wrong region or account?');
  expect(titles(missing('a'), alike('us-east-1'))).toContain('Wrong region or account?');
});

function check(id: string): AwsCheck {
  return { id, store: 'aws', region: 'eu-west-1', optional: false, verdict: 'EXISTS' };
}

function missing(id: string): AwsCheck {
  return { ...check(id), verdict: 'MISSING' };
}

function unreachable(id: string, cause: Obstacle, error = 'NAME'): AwsCheck {
  return { ...check(id), verdict: 'UNREACHABLE', obstacle: { cause, error, message: 'why' } };
}

function untold(checks: readonly AwsCheck[]) {
  expect(findings(checks)).toEqual([]);
  return unreachableFindings(checks, (each) => whyUnreachable(each as AwsCheck));
}

function only(of: AwsCheck) {
  const [finding, ...others] = findings([of]);
  if (finding === undefined || others.length > 0) throw new Error('expected one finding');
  return finding;
}
