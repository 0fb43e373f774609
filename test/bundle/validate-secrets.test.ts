import {
  type SecretsManagerOptions,
  type SecretsManagerStandIn,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import { type BundleResult, runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-key', sessionToken: 'a-session-token' };
const PRINCIPAL = 'arn:aws:sts::123456789012:assumed-role/deploy-staging/run-4711';
const DAY = 86_400_000;

let open: SecretsManagerStandIn | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** AWS with every signature checked, as configure-aws-credentials' session would find it. */
async function aws(options: SecretsManagerOptions = {}): Promise<SecretsManagerStandIn> {
  open = await startSecretsManager({ accessKeys: { [KEY.accessKeyId]: { ...KEY, principal: PRINCIPAL } }, ...options });
  return open;
}

function environment({ url }: SecretsManagerStandIn): Record<string, string> {
  return {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ACCESS_KEY_ID: KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    AWS_SESSION_TOKEN: KEY.sessionToken,
  };
}

function check(
  standIn: SecretsManagerStandIn,
  secrets: readonly string[],
  env: Record<string, string> = {},
): Promise<BundleResult> {
  return runBundle('validate-secrets', {
    inputs: { secrets: secrets.join('\n') },
    env: { ...environment(standIn), ...env },
  });
}

function make(standIn: SecretsManagerStandIn, name: string, region = 'eu-west-1') {
  const secrets = standIn.secrets(region);
  const secret = secrets.create(name);
  secrets.put(secret, { SecretString: `value of ${name}` });
  return secret;
}

/** Lines without the first, which says that the check has begun. */
function log({ lines }: BundleResult): readonly string[] {
  return lines.slice(1);
}

describe('validate-secrets', () => {
  it('is green when every secret is usable', async () => {
    const standIn = await aws();
    for (const name of ['payment-key', 'database-url', 'api-key']) make(standIn, `checkout-service/staging/${name}`);
    const result = await check(standIn, [
      'checkout-service/staging/payment-key',
      '# the database',
      'checkout-service/staging/database-url   # read at start',
      'checkout-service/staging/api-key',
      'checkout-service/staging/api-key',
    ]);
    expect(result.exitCode).toBe(0);
    expect(result.lines).toEqual([
      'Asking AWS Secrets Manager about 3 secrets',
      'checkout-service/staging/api-key       [EXISTS]',
      'checkout-service/staging/database-url  [EXISTS]',
      'checkout-service/staging/payment-key   [EXISTS]',
      '3/3 secrets are usable',
    ]);
    expect(result.annotations).toEqual([]);
    expect(result.outputs).toMatchObject({ 'checked-count': '3', 'failed-count': '0' });
    expect(JSON.parse(result.outputs.report ?? '')).toMatchObject({
      passed: true,
      verdict: '3/3 secrets are usable',
      rows: [
        { status: 'passed', id: 'checkout-service/staging/api-key', region: 'eu-west-1', verdict: 'EXISTS' },
        { status: 'passed', id: 'checkout-service/staging/database-url' },
        { status: 'passed', id: 'checkout-service/staging/payment-key' },
      ],
      findings: [],
    });
    expect(standIn.requests.map(({ operation }) => operation)).toEqual([
      'DescribeSecret',
      'DescribeSecret',
      'DescribeSecret',
    ]);
  });

  it.each([{}, { secrets: '# none yet' }])('is red without any secret to check: %j', async (inputs) => {
    const { exitCode, annotations, lines, outputs } = await runBundle('validate-secrets', { inputs });
    expect(exitCode).toBe(1);
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'Input "secrets"',
        message:
          'Input "secrets" is required and has no value.\n' +
          'Next: add under "with:", for example:\nsecrets: checkout-service/staging/database-url',
      },
    ]);
    expect(lines).toEqual([]);
    expect(outputs).toEqual({});
  });

  it('S01 a secret scheduled for deletion is DELETING, until when it can be restored, and how', async () => {
    const standIn = await aws();
    const asked = Date.UTC(2026, 0, 10);
    make(standIn, 'checkout-service/staging/database-url').deletion = { asked, due: asked + 30 * DAY };
    const result = await check(standIn, ['checkout-service/staging/database-url']);
    expect(result.exitCode).toBe(1);
    expect(log(result)[0]).toBe('checkout-service/staging/database-url  [DELETING]');
    expect(result.annotations).toEqual([
      {
        level: 'error',
        title: 'Secret is scheduled for deletion',
        message:
          'checkout-service/staging/database-url is DELETING: it still answers, but its value cannot be read. Its deletion was ' +
          'asked for on 2026-01-10: it can be restored until 2026-02-09 with the default recovery window of 30 days, and until ' +
          '2026-01-17 in any case (AWS does not tell which window was chosen).\n' +
          'Next: aws secretsmanager restore-secret --region eu-west-1 --secret-id checkout-service/staging/database-url',
      },
    ]);
    expect(JSON.parse(result.outputs.report ?? '').rows[0].deletion).toEqual({
      requested: '2026-01-10T00:00:00.000Z',
      restorableUntil: { earliest: '2026-01-17T00:00:00.000Z', latest: '2026-02-09T00:00:00.000Z' },
    });
    expect(result.summary).toContain('DELETING');
  });

  it('S02 a secret without a value, or without a current version, is NO-VALUE', async () => {
    const standIn = await aws();
    standIn.secrets('eu-west-1').create('never-set');
    for (const { stages } of make(standIn, 'not-current').versions.values()) {
      stages.clear();
      stages.add('AWSPENDING');
    }
    const result = await check(standIn, ['never-set', 'not-current']);
    expect(result.exitCode).toBe(1);
    expect(log(result)[0]).toBe('never-set    [NO-VALUE]');
    expect(log(result)[1]).toBe('not-current  [NO-VALUE]');
    expect(result.annotations.map(({ message }) => message)).toEqual([
      'never-set has NO-VALUE: the secret is there, but reading it fails. It was created without a value, as ' +
        'aws_secretsmanager_secret in Terraform does without an aws_secretsmanager_secret_version.\n' +
        'Next: aws secretsmanager put-secret-value --region eu-west-1 --secret-id never-set --secret-string file://secret.txt',
      'not-current has NO-VALUE: the secret is there, but reading it fails. None of its versions is AWSCURRENT; the labels are AWSPENDING.\n' +
        'Next: aws secretsmanager put-secret-value --region eu-west-1 --secret-id not-current --secret-string file://secret.txt',
    ]);
  });

  it('S03 an ARN of another region is asked in its own region', async () => {
    const standIn = await aws();
    const { arn } = make(standIn, 'payment-key', 'us-east-1');
    const result = await check(standIn, [arn]);
    expect(log(result)).toEqual([`${arn}  [EXISTS]`, '1/1 secret is usable']);
    expect(standIn.requests).toMatchObject([{ region: 'us-east-1', id: arn }]);
  });

  it('S04 a name pasted with the random suffix of its ARN is MISSING, with the name that was meant', async () => {
    const standIn = await aws();
    const { arn } = make(standIn, 'checkout/db');
    const pasted = arn.split(':').at(-1) ?? '';
    const result = await check(standIn, [pasted]);
    expect(result.exitCode).toBe(1);
    expect(log(result)[0]).toBe(`${pasted}  [MISSING]`);
    expect(result.annotations[0]?.message).toContain("did you paste the ARN's suffix? The name is then checkout/db,");
  });

  it('S06 five secrets that are missing are all told, sorted, in one run', async () => {
    const standIn = await aws();
    make(standIn, 'checkout/present');
    const names = ['e', 'b', 'd', 'a', 'c'].map((letter) => `checkout/${letter}`);
    const result = await check(standIn, [...names, 'checkout/present']);
    expect(result.exitCode).toBe(1);
    expect(log(result).filter((line) => line.includes('['))).toEqual([
      'checkout/a        [MISSING]',
      'checkout/b        [MISSING]',
      'checkout/c        [MISSING]',
      'checkout/d        [MISSING]',
      'checkout/e        [MISSING]',
      'checkout/present  [EXISTS]',
    ]);
    expect(result.annotations.map(({ message }) => message)).toEqual(
      [...names]
        .sort()
        .map(
          (name) =>
            `${name} is MISSING: there is no such secret in eu-west-1.\n` +
            `Next: aws secretsmanager create-secret --region eu-west-1 --name ${name} --secret-string file://secret.txt`,
        ),
    );
    expect(result.lines.at(-1)).toBe('1/6 secrets are usable; 5 are not');
    expect(result.outputs).toMatchObject({ 'checked-count': '6', 'failed-count': '5' });
  });

  it('suspects the region or the account when not one secret is there', async () => {
    const { annotations } = await check(await aws(), ['checkout/a', 'checkout/b']);
    expect(annotations.at(-1)).toMatchObject({
      level: 'warning',
      message: expect.stringContaining(
        'Not one of the 2 secrets is in eu-west-1: is that the right region, and the right account?',
      ),
    });
  });

  it('asks for exactly the permission that is missing, in one finding', async () => {
    const standIn = await aws({ allow: {} });
    const { arn } = make(standIn, 'payment-key', 'us-east-1');
    make(standIn, 'checkout/db');
    const result = await check(standIn, ['checkout/db', arn]);
    expect(log(result).slice(0, 2)).toEqual([
      `${arn}  [DENIED-OR-MISSING]`,
      `${'checkout/db'.padEnd(arn.length)}  [DENIED-OR-MISSING]`,
    ]);
    expect(result.annotations).toHaveLength(1);
    const [message, next] = result.annotations[0]?.message.split('\nNext: ') ?? [];
    expect(message).toBe(
      `The role deploy-staging may not describe ${arn}, checkout/db, because no identity-based policy allows it. ` +
        'AWS gives the same answer for a missing secret and for a forbidden one.',
    );
    expect(next).toMatch(/^allow it in the identity-based policy:\n\{/);
    expect(JSON.parse(/\{.*\}/s.exec(next ?? '')?.[0] ?? '')).toEqual({
      Effect: 'Allow',
      Action: 'secretsmanager:DescribeSecret',
      Resource: [arn, 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:checkout/db-??????'],
    });
  });

  it('takes the word of a resource-based policy for it that the secret exists', async () => {
    const standIn = await aws({ denyByResource: ['*:secret:checkout/db-*'] });
    make(standIn, 'checkout/db');
    const result = await check(standIn, ['checkout/db']);
    expect(log(result)[0]).toBe('checkout/db  [DENIED]');
    expect(result.annotations[0]?.message).toBe(
      'The role deploy-staging may not describe checkout/db, with an explicit deny in a resource-based policy. ' +
        'The secret is there: its own policy answered.\n' +
        'Next: find the statement with "Effect": "Deny" in the resource-based policy: it wins over every statement that allows:\n' +
        'aws secretsmanager get-resource-policy --region eu-west-1 --secret-id checkout/db',
    );
  });

  it('S17 invisible characters around a name are dropped, with a warning', async () => {
    const standIn = await aws();
    make(standIn, 'checkout/db');
    const result = await check(standIn, ['\uFEFF checkout/db\u200B']);
    expect(result.exitCode).toBe(0);
    expect(standIn.requests).toMatchObject([{ id: 'checkout/db' }]);
    expect(result.annotations).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/invisible characters around "checkout\/db"/) },
    ]);
  });

  it('S17 a zero-width character in a name is dropped, with a warning', async () => {
    const standIn = await aws();
    make(standIn, 'checkout/db');
    const result = await check(standIn, ['checkout/\u200Bdb']);
    expect(result.exitCode).toBe(0);
    expect(result.annotations).toMatchObject([
      {
        level: 'warning',
        message: expect.stringMatching(/line 1: invisible characters in "checkout\/db" were dropped/),
      },
    ]);
  });

  it('S21 an ARN of another partition is asked there', async () => {
    const standIn = await aws();
    const china = make(standIn, 'checkout/db', 'cn-north-1').arn;
    const gov = make(standIn, 'checkout/db', 'us-gov-west-1').arn;
    const result = await check(standIn, [china, gov], { AWS_REGION: '' });
    expect(log(result).map((line) => line.split(/ +/))).toEqual([
      [china, '[EXISTS]'],
      [gov, '[EXISTS]'],
      ['2/2', 'secrets', 'are', 'usable'],
    ]);
    expect(standIn.requests.map(({ region }) => region).sort()).toEqual(['cn-north-1', 'us-gov-west-1']);
  });

  describe('S22 one root cause is one finding, not one for each secret:', () => {
    const secrets = ['checkout/a', 'checkout/b', 'checkout/c'];

    it('S22 expired credentials', async () => {
      const standIn = await aws({ accessKeys: { [KEY.accessKeyId]: { ...KEY, expired: true } } });
      const result = await check(standIn, secrets);
      expect(result.exitCode).toBe(1);
      expect(result.annotations).toEqual([
        {
          level: 'error',
          title: 'AWS credentials have expired',
          message:
            'The AWS credentials of this job have expired (ExpiredTokenException), so 3 secrets could not be checked.\n' +
            'Next: run aws-actions/configure-aws-credentials right before this step, or raise its role-duration-seconds (an hour by default)',
        },
      ]);
      expect(result.lines.at(-1)).toBe('0/3 secrets are usable; 3 could not be checked');
      expect(result.outputs).toMatchObject({ 'checked-count': '3', 'failed-count': '3' });
    });

    it('S22 no credentials', async () => {
      const none = {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_SESSION_TOKEN: '',
        AWS_EC2_METADATA_DISABLED: 'true',
      };
      const standIn = await aws();
      const result = await check(standIn, secrets, none);
      expect(result.exitCode).toBe(1);
      expect(result.annotations).toHaveLength(1);
      expect(result.annotations[0]?.message).toMatch(
        /^There are no usable AWS credentials in this job \(Could not load credentials from any providers\), so 3 secrets could not be checked\.\nNext: log in before this step/,
      );
      expect(standIn.requests).toEqual([]);
    });

    it('S22 no region', async () => {
      const result = await check(await aws(), secrets, { AWS_REGION: '' });
      expect(result.exitCode).toBe(1);
      expect(result.annotations.map(({ message }) => message)).toEqual([
        'There is no AWS region, so 3 secrets could not be checked.\n' +
          'Next: set the input "region", or AWS_REGION, which aws-actions/configure-aws-credentials sets; a full ARN needs neither',
      ]);
    });

    it('S22 wrong keys', async () => {
      const result = await check(await aws(), secrets, { AWS_SECRET_ACCESS_KEY: 'wrong' });
      expect(result.annotations).toMatchObject([{ title: 'AWS credentials are refused' }]);
    });

    it('S22 an endpoint that is not there', async () => {
      const standIn = await aws();
      await standIn.close();
      const result = await check(standIn, secrets);
      expect(result.annotations).toMatchObject([
        {
          title: 'Secrets Manager cannot be reached',
          message: expect.stringMatching(/^Secrets Manager cannot be reached in eu-west-1 \(connect ECONNREFUSED 127/),
        },
      ]);
    });
  });

  it('fails when the time is up, and says what was not checked', async () => {
    const standIn = await aws({ delay: Infinity });
    const inputs = { secrets: 'checkout/a\ncheckout/b', timeout: '100ms' };
    const result = await runBundle('validate-secrets', { inputs, env: environment(standIn) });
    expect(result.exitCode).toBe(1);
    expect(result.annotations).toMatchObject([
      {
        title: 'Timeout',
        message: expect.stringMatching(
          /^The time was up before Secrets Manager answered, so 2 secrets could not be checked\./,
        ),
      },
    ]);
    expect(result.lines.at(-1)).toBe('0/2 secrets are usable; 2 could not be checked');
  });

  it('ends at once, with one clear line, when the job is cancelled', async () => {
    const standIn = await aws({ delay: Infinity });
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: 'checkout/a\ncheckout/b' },
      env: environment(standIn),
      cancel: { when: 'Asking AWS', signal: 'SIGINT' },
    });
    expect(result.exitCode).toBe(1);
    expect(result.lines).toEqual([
      'Asking AWS Secrets Manager about 2 secrets',
      'Cancelled (SIGINT): connections closed, nothing half-written.',
    ]);
    expect(result.annotations).toEqual([]);
    expect(result.outputs).toEqual({});
  });

  it('shows every request with RUNNER_DEBUG=1, and never a key', async () => {
    const standIn = await aws();
    const { log } = await check(standIn, ['checkout/db'], { RUNNER_DEBUG: '1' });
    expect(log).toContain('::debug::DescribeSecret checkout/db in eu-west-1: ResourceNotFoundException (HTTP 400');
    const shown = log.replace(/^::add-mask::.*$/gm, '');
    for (const secret of [KEY.secretAccessKey, KEY.sessionToken]) expect(shown).not.toContain(secret);
  });
});
