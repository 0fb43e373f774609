import {
  type SecretsManagerOptions,
  type SecretsManagerStandIn,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const DAY = 86_400_000;

let open: SecretsManagerStandIn | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** One secret, `checkout-service/staging/db`, whose value was put that many days ago. */
async function aws(days: number, value: string, options: SecretsManagerOptions = {}) {
  open = await startSecretsManager({ ...options, now: () => Date.now() - days * DAY });
  const secrets = open.secrets('eu-west-1');
  const secret = secrets.create('checkout-service/staging/db');
  secrets.put(secret, { SecretString: value });
  return { standIn: open, secret };
}

const manifest = (policy: string) =>
  `environments:\n  staging:\n    - secret: \${service}/\${environment}/db\n      policy: ${policy}\n`;

function check(text: string, inputs: Record<string, string> = {}, env: Record<string, string> = {}) {
  return runBundle('validate-secrets', {
    inputs: { manifest: 'secrets.yml', environment: 'staging', ...inputs },
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: open?.url ?? '',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'a-secret-key',
      ...env,
    },
    files: { 'secrets.yml': text },
  });
}

describe('validate-secrets, with a manifest', () => {
  it('checks the secrets of its environment and those of the input', async () => {
    await aws(1, 'v');
    const result = await check(manifest('{max-age: 180d}'), { secrets: 'env:API_KEY' }, { API_KEY: 'k' });
    expect(result.exitCode).toBe(0);
    expect(result.lines.slice(1)).toEqual([
      'checkout-service/staging/db  [EXISTS]  AWS Secrets Manager  1 day old',
      'env:API_KEY                  [EXISTS]  environment',
      '2/2 secrets are usable',
    ]);
  });

  it('points every finding at its line of the manifest', async () => {
    await aws(1, 'v');
    const result = await check('environments:\n  staging:\n    - checkout/absent\n');
    expect(result.exitCode).toBe(1);
    expect(result.annotations).toMatchObject([{ level: 'error', file: 'secrets.yml', line: 3 }]);
  });

  it.each([
    ['S09 is STALE although a tag was edited yesterday', undefined],
    [
      'S10 is STALE by its own date although LastRotatedDate is unset or recent',
      { enabled: true, next: Date.now() + DAY, last: Date.now() },
    ],
  ])('%s', async (_, rotation) => {
    const { secret } = await aws(730, 'v');
    secret.changed = Date.now() - DAY;
    if (rotation !== undefined) secret.rotation = rotation;
    const result = await check(manifest('{max-age: 180d}'));
    expect(result.exitCode).toBe(0);
    expect(result.lines[1]).toMatch(/^checkout-service\/staging\/db {2}\[STALE\] {2}730 days old/);
    expect(result.annotations).toMatchObject([
      {
        level: 'warning',
        title: 'Secret is stale',
        line: 3,
        message: expect.stringMatching(
          /is STALE: its current value is 730 days old \(of \d{4}-\d\d-\d\d\), and its policy allows 180\./,
        ),
      },
    ]);
    expect(result.summary).toContain('| Age |');
    expect((await check(manifest('{max-age: 180d}'), { 'fail-on': 'warning' })).exitCode).toBe(1);
  });

  it('an age that may not be asked for is not taken for a good one', async () => {
    await aws(1, 'v', { allow: { DescribeSecret: ['*'] } });
    const result = await check(manifest('{max-age: 180d}'));
    expect(result.exitCode).toBe(1);
    expect(result.lines[1]).toMatch(/\[DENIED\]/);
    expect(result.annotations[0]?.message).toMatch(
      /may not list the versions of .*"secretsmanager:ListSecretVersionIds"/s,
    );
  });

  it.each([['changeme'], ['{"password":"<your password>"}']])(
    'S11 the value %s is PLACEHOLDER, and is not shown',
    async (value) => {
      await aws(1, value);
      const result = await check(manifest('{not-placeholder: true}'));
      expect(result.exitCode).toBe(1);
      expect(result.lines.slice(1)).toEqual([
        'checkout-service/staging/db  [PLACEHOLDER]',
        '0/1 secret is usable; 1 is not',
      ]);
      expect(result.annotations[0]?.message).toMatch(/is PLACEHOLDER: its value, or one in it, is what a template has/);
      expect(result.log).not.toContain('your password');
    },
  );

  it('S11 another value is not, and nobody looks without being asked', async () => {
    const { standIn } = await aws(1, 'k-4711-0815');
    expect((await check(manifest('{not-placeholder: true}'))).exitCode).toBe(0);
    expect(standIn.requests.map(({ operation }) => operation)).toEqual(['DescribeSecret', 'GetSecretValue']);
    expect((await check(manifest('{}'))).exitCode).toBe(0);
    expect(standIn.requests).toHaveLength(3);
  });

  it('S08 a secret without the rotation that its policy requires is OVERDUE', async () => {
    await aws(1, 'v');
    const result = await check(manifest('{rotation: required}'));
    expect(result.lines[1]).toBe('checkout-service/staging/db  [OVERDUE]');
    expect(result.annotations[0]?.message).toContain('its policy requires rotation, and automatic rotation is off.');
  });

  it('one with other tags and under another key is MISMATCH, with the commands', async () => {
    const { secret } = await aws(730, 'v');
    secret.tags = [{ Key: 'team', Value: 'platform' }];
    const result = await check(
      manifest('{max-age: 180d, tags: {team: payments, env: staging}, kms-key: alias/checkout}'),
    );
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1)).toEqual([
      'checkout-service/staging/db  [MISMATCH]  730 days old',
      '0/1 secret is usable; 1 is not',
    ]);
    expect(result.annotations).toMatchObject([
      {
        level: 'error',
        title: 'Secret is not as its policy has it',
        line: 3,
        message:
          'checkout-service/staging/db is MISMATCH: its tag team is platform and has to be payments; it has no tag env (staging); its KMS key is alias/aws/secretsmanager and has to be alias/checkout.\n' +
          'Next: aws secretsmanager tag-resource --region eu-west-1 --secret-id checkout-service/staging/db --tags Key=team,Value=payments Key=env,Value=staging\n' +
          'aws secretsmanager update-secret --region eu-west-1 --secret-id checkout-service/staging/db --kms-key-id alias/checkout',
      },
      { level: 'warning', title: 'Secret is stale' },
    ]);
  });

  it('one with the tags and the key that its policy asks for is there; of an alias and an id only KMS knows', async () => {
    const { secret } = await aws(1, 'v');
    const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
    secret.tags = [{ Key: 'team', Value: 'payments' }];
    secret.kmsKey = `arn:aws:kms:eu-west-1:123456789012:key/${id}`;
    expect((await check(manifest(`{tags: {team: payments}, kms-key: ${id}}`))).exitCode).toBe(0);
    const result = await check(manifest('{kms-key: alias/checkout}'));
    expect(result.lines[1]).toBe('checkout-service/staging/db  [MISMATCH]');
    expect(result.annotations[0]?.message).toMatch(
      /an alias and a key, which only KMS can compare\.\nNext: if they are the same, write kms-key: arn:.*aws kms describe-key/s,
    );
  });

  it('tags for all and those of a secret are asked for together', async () => {
    await aws(1, 'v');
    const result = await check(`policy: {tags: {team: payments, env: x}}\n${manifest('{tags: {env: staging}}')}`);
    expect(result.annotations[0]?.message).toContain('it has no tag team (payments); it has no tag env (staging).');
  });

  it('one that a service manages says so, and its hints do', async () => {
    const { secret } = await aws(730, 'v');
    secret.owner = 'rds';
    secret.rotation = { enabled: true, next: Date.now() - DAY };
    const result = await check(manifest('{max-age: 180d}'));
    expect(result.lines[1]).toMatch(/^checkout-service\/staging\/db {2}\[OVERDUE\] {2}730 days old {2}managed by rds/);
    expect(result.annotations[0]?.message).toMatch(/rds manages it and rotates it itself: .*rotate-secret/s);
    expect(result.annotations[0]?.message).not.toContain('cancel-rotate-secret');
    secret.rotation = { enabled: true, next: Date.now() + DAY };
    const stale = await check(manifest('{max-age: 180d}'));
    expect(stale.annotations[0]?.message).toMatch(
      /rds manages it and takes a value from nobody else: rotate it\naws secretsmanager rotate-secret/,
    );
    secret.deletion = { asked: Date.now(), due: Date.now() + 7 * DAY };
    const deleting = await check(manifest('{}'));
    expect(deleting.annotations[0]?.message).toContain('rds manages it and deletes it with what it belongs to');
  });

  it('S20 a replica that its policy asks for and that is not there is NOT-SYNCED', async () => {
    await aws(1, 'v');
    const result = await check(manifest('{replicas: [us-east-1, eu-west-1]}'));
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toContain(
      'NOT-SYNCED: its replica in us-east-1 is not there. It is needed in us-east-1',
    );
  });

  it('refuses a manifest with file, line and column, and asks nothing', async () => {
    const { standIn } = await aws(1, 'v');
    const result = await check(manifest('{max-age: soon}'));
    expect(result.exitCode).toBe(1);
    expect(result.annotations).toMatchObject([
      { file: 'secrets.yml', line: 4, message: 'secrets.yml:4:25: max-age: expected a number of days such as 180d' },
    ]);
    expect(standIn.requests).toEqual([]);
  });

  it.each([
    [{ environment: '' }, /Input "environment" is required with "manifest"/],
    [{ manifest: 'none.yml' }, /The manifest none\.yml cannot be read \(ENOENT\)/],
    [{ manifest: '', secrets: 'a' }, /it chooses from a manifest, and there is none/],
  ])('needs a file and an environment: %j', async (inputs, message) => {
    const result = await check(manifest('{}'), inputs);
    expect(result.exitCode).toBe(1);
    expect(result.annotations).toMatchObject([{ message: expect.stringMatching(message) }]);
  });
});
