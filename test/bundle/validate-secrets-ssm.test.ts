import {
  type ParameterStoreBehaviour,
  type ParameterStoreStandIn,
  startParameterStore,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const DAY = 86_400_000;
const KEY = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'a-secret-key-4711',
  sessionToken: 'session-token-4711',
};

let open: ParameterStoreStandIn | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** With a key that is verified on every request. */
async function ssm(names: readonly string[] = [], behaviour: ParameterStoreBehaviour = {}) {
  open = await startParameterStore({ accessKeys: { [KEY.accessKeyId]: KEY }, ...behaviour });
  for (const name of names) open.put(name, JSON.stringify({ user: 'checkout', password: 'p4ssw0rd-4711' }));
  return open;
}

interface More {
  readonly env?: Record<string, string>;
  readonly inputs?: Record<string, string>;
  readonly files?: Record<string, string>;
}

function check({ url }: { url: string }, lines: readonly string[], { env = {}, inputs = {}, files = {} }: More = {}) {
  return runBundle('validate-secrets', {
    inputs: { secrets: lines.map((line) => `ssm:${line}`).join('\n'), ...inputs },
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_SSM: url,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_SESSION_TOKEN: KEY.sessionToken,
      ...env,
    },
    files,
  });
}

function manifest(line: string, policy: string): More {
  return {
    inputs: { secrets: '', manifest: 'secrets.yml', environment: 'staging' },
    files: { 'secrets.yml': `environments:\n  staging:\n    - { secret: "${line}", policy: ${policy} }\n` },
  };
}

describe('validate-secrets, SSM Parameter Store', () => {
  it('asks for ten at a time without decrypting, signed, and shows nothing of what comes back', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `/checkout/staging/p${index}`);
    const standIn = await ssm(names);
    standIn.put('/checkout/flag', 'plain-text-value', { type: 'String' });
    const result = await check(standIn, [...names, '/checkout/flag']);
    expect(result.exitCode).toBe(0);
    expect(result.lines.at(-1)).toBe('13/13 secrets are usable');
    expect(
      standIn.requests.map(({ operation, names, decrypt, region }) => [operation, names.length, decrypt, region]),
    ).toEqual([
      ['GetParameters', 10, false, 'eu-west-1'],
      ['GetParameters', 3, false, 'eu-west-1'],
    ]);
    const printed = result.log.replace(/::add-mask::.*/g, '') + result.outputs['report'];
    for (const hidden of ['plain-text-value', 'ciphertext', KEY.secretAccessKey, KEY.sessionToken])
      expect(printed).not.toContain(hidden);
  });

  it('takes ARNs in their own region, versions, and names without a slash', async () => {
    const standIn = await ssm(['/app/key', 'flag']);
    const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/app/key';
    const result = await check(standIn, [arn, '/app/key', '/app/key:1', '/app/key:9', 'flag']);
    expect(result.lines.slice(1)).toEqual([
      'ssm:/app/key                                              [EXISTS]',
      'ssm:/app/key:1                                            [EXISTS]',
      'ssm:/app/key:9                                            [MISSING]',
      `ssm:${arn}  [EXISTS]`,
      'ssm:flag                                                  [EXISTS]',
      '4/5 secrets are usable; 1 is not',
    ]);
    expect(result.annotations[0]?.message).toContain(
      'there is no such parameter, or it has no version 9, in eu-west-1.',
    );
    expect(standIn.requests.find(({ names }) => names.includes(arn))?.region).toBe('us-east-1');
  });

  it('S06 tells what is missing with the name that was meant, and how to make it', async () => {
    const standIn = await ssm(['/checkout/staging/flag']);
    const result = await check(standIn, ['/checkout/staging/flaq', '/other/one ?']);
    expect(result.exitCode).toBe(1);
    expect(result.annotations.map(({ level, message }) => [level, message])).toEqual([
      [
        'error',
        'ssm:/checkout/staging/flaq is MISSING: there is no such parameter in eu-west-1.\n' +
          'Next: did you mean ssm:/checkout/staging/flag, which is there?\nIf not:\n' +
          'aws ssm put-parameter --region eu-west-1 --name /checkout/staging/flaq --type SecureString --value file://secret.txt',
      ],
      [
        'warning',
        'ssm:/other/one is MISSING: there is no such parameter in eu-west-1. It is optional.\n' +
          'Next: aws ssm put-parameter --region eu-west-1 --name /other/one --type SecureString --value file://secret.txt',
      ],
    ]);
    expect(result.outputs.missing).toBe('ssm:/checkout/staging/flaq\nssm:/other/one');
  });

  it('S05 one name that is forbidden does not hide the others; the statement is for exactly these', async () => {
    const standIn = await ssm(['/app/a', '/app/b'], { allow: { GetParameters: ['*:parameter/app/a'] } });
    const result = await check(standIn, ['/app/a', '/app/b', '/app/c']);
    expect(result.lines.slice(1, 4)).toEqual([
      'ssm:/app/a  [EXISTS]',
      'ssm:/app/b  [DENIED-OR-MISSING]',
      'ssm:/app/c  [DENIED-OR-MISSING]',
    ]);
    const arns = ['a', 'b', 'c'].map((name) => `    "arn:aws:ssm:eu-west-1:123456789012:parameter/app/${name}"`);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      'The role deploy may not get ssm:/app/b, ssm:/app/c, because no identity-based policy allows it. ' +
        'AWS gives the same answer for a missing parameter and for a forbidden one.\n' +
        'Next: allow it in the identity-based policy:\n' +
        `{\n  "Effect": "Allow",\n  "Action": "ssm:GetParameters",\n  "Resource": [\n${arns.join(',\n')}\n  ]\n}`,
    ]);
    standIn.behaviour.allow = { DescribeParameters: ['*'] };
    const settled = await check(standIn, ['/app/b', '/app/c']);
    expect(settled.lines.slice(1, 3)).toEqual(['ssm:/app/b  [DENIED]', 'ssm:/app/c  [MISSING]']);
    expect(settled.annotations[0]?.message).toContain('The parameter is there: DescribeParameters has the name.');
  });

  it('S11 S12 S13 looks into a value when it is asked to, and shows nothing of it', async () => {
    const standIn = await ssm(['/app/db']);
    const result = await check(standIn, ['/app/db#password,port']);
    expect(result.lines[1]).toBe('ssm:/app/db  [KEY-MISSING]');
    expect(result.annotations[0]?.message).toContain(
      'it has no key port.\nNext: put a value that has them, as one JSON object:\n' +
        'aws ssm put-parameter --region eu-west-1 --name /app/db --type SecureString --overwrite --value file://secret.txt',
    );
    standIn.put('/app/db', 'changeme');
    const placeholder = await check(standIn, [], manifest('ssm:/app/db', '{ not-placeholder: true }'));
    expect(placeholder.lines[1]).toBe('ssm:/app/db  [PLACEHOLDER]');
    standIn.behaviour.allow = { GetParameters: ['*'], Decrypt: false };
    const denied = await check(standIn, ['/app/db#password']);
    expect(denied.lines[1]).toBe('ssm:/app/db  [DENIED]');
    expect(denied.annotations[0]?.message).toContain('may not decrypt ssm:/app/db');
    expect(denied.annotations[0]?.message).toContain('kms:Decrypt');
    expect(result.log + placeholder.log).not.toContain('p4ssw0rd');
  });

  it('S09 the age is that of its version', async () => {
    const standIn = await ssm();
    standIn.put('/app/db', 'v', { changed: Date.now() - 400 * DAY });
    const result = await check(standIn, [], manifest('ssm:/app/db', '{ max-age: 180d }'));
    expect(result.lines[1]).toBe('ssm:/app/db  [STALE]  400 days old');
  });

  it('S07 asks again when it is throttled', async () => {
    const standIn = await ssm(['/app/db'], { throttle: 2 });
    expect((await check(standIn, ['/app/db'])).exitCode).toBe(0);
    standIn.behaviour.throttle = 99;
    const result = await check(standIn, ['/app/db'], { env: { AWS_MAX_ATTEMPTS: '2' } });
    expect(result.annotations).toMatchObject([{ title: 'Parameter Store throttles' }]);
  });

  it.each([
    [
      { AWS_SECRET_ACCESS_KEY: 'wrong' },
      'AWS credentials are refused',
      /does not accept the credentials in eu-west-1 \(InvalidSignatureException/,
    ],
    [
      { AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1' },
      'Parameter Store cannot be reached',
      /Parameter Store cannot be reached in eu-west-1 \(ECONNREFUSED/,
    ],
    [{ AWS_REGION: '' }, 'No AWS region', /There is no AWS region/],
    [
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_EC2_METADATA_DISABLED: 'true' },
      'No AWS credentials',
      /no usable AWS credentials/,
    ],
  ])('S22 with %j says so once', async (env, title, shape) => {
    const result = await check(await ssm(), ['/app/a', '/app/b'], { env });
    expect(result.annotations).toMatchObject([{ title, message: expect.stringMatching(shape) }]);
    expect(result.annotations[0]?.message).toContain('2 secrets could not be checked');
  });

  it('S22 expired credentials and a timeout are one root cause each', async () => {
    const standIn = await ssm([], { accessKeys: { [KEY.accessKeyId]: { ...KEY, expired: true } } });
    expect((await check(standIn, ['/app/a', '/app/b'])).annotations).toMatchObject([
      { title: 'AWS credentials have expired' },
    ]);
    standIn.behaviour.delay = Number.POSITIVE_INFINITY;
    const result = await check(standIn, ['/app/a', '/app/b'], { inputs: { timeout: '1s' } });
    expect(result.annotations).toMatchObject([
      { title: 'Timeout', message: expect.stringContaining('Parameter Store answered') },
    ]);
  });

  it('stands beside Secrets Manager, each at its own endpoint', async () => {
    const standIn = await ssm(['/app/db']);
    await using other = await startSecretsManager();
    const secrets = other.secrets('eu-west-1');
    secrets.put(secrets.create('app/db'), { SecretString: 'v' });
    const result = await check({ url: 'http://127.0.0.1:1' }, [], {
      inputs: { secrets: 'app/db\nssm:/app/db', endpoints: `aws=${other.url}\nssm=${standIn.url}` },
    });
    expect(result.lines.slice(-3)).toEqual([
      'app/db       [EXISTS]  AWS Secrets Manager',
      'ssm:/app/db  [EXISTS]  SSM Parameter Store',
      '2/2 secrets are usable',
    ]);
  });

  it('refuses what is no parameter, with what was meant', async () => {
    const standIn = await ssm();
    const result = await check(standIn, ['/a//b', '/a/', '/a b', '/aws/reference/secretsmanager/db', 'arn:aws:s3:::x']);
    expect(result.annotations.map(({ message }) => message.split('Next: ')[1])).toEqual([
      'was an expression such as ${{ inputs.environment }} empty?',
      'name each parameter of it, one a line',
      'a name has letters, digits and _.-/ only, as in ssm:/checkout/staging/flag; one a line',
      'name the secret itself: db',
      'expected ssm:arn:aws:ssm:REGION:ACCOUNT:parameter/NAME',
    ]);
    expect(standIn.requests).toEqual([]);
  });
});
