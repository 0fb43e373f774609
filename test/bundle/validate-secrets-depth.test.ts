import {
  type SecretsManagerOptions,
  type SecretsManagerStandIn,
  type StoredSecret,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

let open: SecretsManagerStandIn | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function aws(options: SecretsManagerOptions = {}): Promise<SecretsManagerStandIn> {
  open = await startSecretsManager(options);
  return open;
}

function make(standIn: SecretsManagerStandIn, name: string, region = 'eu-west-1'): StoredSecret {
  const secrets = standIn.secrets(region);
  const secret = secrets.create(name);
  secrets.put(secret, { SecretString: `value of ${name}` });
  return secret;
}

function check({ url }: SecretsManagerStandIn, secrets: readonly string[], inputs: Record<string, string> = {}) {
  return runBundle('validate-secrets', {
    inputs: { secrets: secrets.join('\n'), ...inputs },
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'a-secret-key',
    },
  });
}

describe('validate-secrets, AWS Secrets Manager in depth', () => {
  it('S05 a denial is settled by ListSecrets where that is allowed', async () => {
    const standIn = await aws({ allow: { ListSecrets: ['*'] } });
    make(standIn, 'checkout/db');
    const result = await check(standIn, ['checkout/db', 'checkout/mail-relay']);
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1, 3)).toEqual(['checkout/db          [DENIED]', 'checkout/mail-relay  [MISSING]']);
    expect(result.annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      'The role deploy may not describe checkout/db, because no identity-based policy allows it. The secret is there: ListSecrets has the name.',
      'checkout/mail-relay is MISSING: there is no such secret in eu-west-1. AWS denies access to it, and it is not among the names of ListSecrets either.',
    ]);
    expect(result.annotations[0]?.message).not.toContain('If that is there already');
    expect(result.outputs.missing).toBe('checkout/mail-relay');
  });

  it('S05 a denial stays DENIED-OR-MISSING where ListSecrets is denied too', async () => {
    const result = await check(await aws({ allow: {} }), ['checkout/db']);
    expect(result.lines[1]).toBe('checkout/db  [DENIED-OR-MISSING]');
  });

  it('tells the name that was meant, from however many there are', async () => {
    const standIn = await aws();
    for (let count = 0; count < 250; count += 1) make(standIn, `other/${count}/${'x'.repeat(20)}`);
    make(standIn, 'checkout/production/database-url');
    const result = await check(standIn, ['checkout/staging/database-url', 'checkout/production/databse-url']);
    for (const { message } of result.annotations.slice(0, 2))
      expect(message).toContain('Next: did you mean checkout/production/database-url, which is there?');
    expect(standIn.requests.filter(({ operation }) => operation === 'ListSecrets')).toHaveLength(3);
  });

  it('finds a secret in the other region of the job', async () => {
    const standIn = await aws();
    const { arn } = make(standIn, 'checkout/db');
    const result = await check(standIn, ['checkout/db'], { region: 'us-east-1' });
    expect(result.annotations[0]?.message).toContain(
      `Next: checkout/db is in eu-west-1: set "region", or name it by its ARN, ${arn}`,
    );
  });

  it('lists nothing when every secret is there', async () => {
    const standIn = await aws();
    make(standIn, 'checkout/db');
    await check(standIn, ['checkout/db']);
    expect(standIn.requests.map(({ operation }) => operation)).toEqual(['DescribeSecret']);
  });

  it('S08 a rotation whose date has passed is OVERDUE, a warning with the date', async () => {
    const standIn = await aws();
    make(standIn, 'checkout/db').rotation = {
      enabled: true,
      next: Date.UTC(2026, 0, 10),
      last: Date.UTC(2025, 11, 10),
    };
    make(standIn, 'checkout/key').rotation = { enabled: true, next: Date.UTC(2126, 0, 10) };
    const result = await check(standIn, ['checkout/db', 'checkout/key']);
    expect(result.exitCode).toBe(0);
    expect(result.lines.slice(1)).toEqual([
      'checkout/db   [OVERDUE]  rotates by 2026-01-10',
      'checkout/key  [EXISTS]   rotates by 2126-01-10',
      '2/2 secrets are usable; 1 warning',
    ]);
    expect(result.annotations).toEqual([
      {
        level: 'warning',
        title: 'Rotation is overdue',
        message:
          'checkout/db is OVERDUE: rotation is on, but it did not happen. It was due by 2026-01-10.\n' +
          'Next: read the log of its rotation function, and start the rotation again:\n' +
          'aws secretsmanager rotate-secret --region eu-west-1 --secret-id checkout/db',
      },
    ]);
    expect(result.summary).toContain('| Next rotation |');
    expect((await check(standIn, ['checkout/db'], { 'fail-on': 'warning' })).exitCode).toBe(1);
  });

  it.each([
    [{}, ', which began on 2026-01-10, is stuck'],
    // The date of the pending version is out of reach, and the date of the rotation says enough.
    [{ allow: { DescribeSecret: ['*'] } }, ', is stuck'],
  ])('S08 a rotation that is stuck in AWSPENDING is OVERDUE, with %j', async (options, said) => {
    const standIn = await aws({ ...options, now: () => Date.UTC(2026, 0, 10) });
    const secret = make(standIn, 'checkout/db');
    standIn.secrets('eu-west-1').put(secret, { SecretString: 'the next value' }, ['AWSPENDING']);
    secret.rotation = { enabled: true, next: Date.UTC(2026, 0, 11) };
    const result = await check(standIn, ['checkout/db']);
    expect(result.lines[1]).toBe('checkout/db  [OVERDUE]  rotates by 2026-01-11');
    expect(result.annotations[0]?.message).toContain(`checkout/db is OVERDUE: its last rotation${said}`);
    expect(result.annotations[0]?.message).toContain('cancel-rotate-secret --region eu-west-1 --secret-id checkout/db');
  });

  it('S20 a replica in the deployment region that is not InSync is NOT-SYNCED, with its region and status', async () => {
    const standIn = await aws();
    const secret = make(standIn, 'checkout/db', 'us-east-1');
    secret.replicas = [
      { Region: 'eu-west-1', Status: 'Failed', StatusMessage: 'Replication failed: Secret name already exists.' },
      { Region: 'eu-central-1', Status: 'InSync' },
    ];
    const result = await check(standIn, [secret.arn]);
    expect(result.exitCode).toBe(1);
    expect(result.lines[1]).toBe(`${secret.arn}  [NOT-SYNCED]`);
    expect(result.annotations).toHaveLength(1);
    expect(result.annotations[0]?.message).toMatch(
      /is NOT-SYNCED: its replica in eu-west-1 is Failed \(Replication failed: Secret name already exists\.\)\. This job deploys to eu-west-1/,
    );
    expect(result.lines.at(-1)).toBe('0/1 secret is usable; 1 is not');
  });

  it('S20 a replica elsewhere that is not InSync is a warning', async () => {
    const standIn = await aws();
    make(standIn, 'checkout/db').replicas = [{ Region: 'us-east-1', Status: 'InProgress' }];
    const result = await check(standIn, ['checkout/db']);
    expect(result.exitCode).toBe(0);
    expect(result.lines.slice(1)).toEqual(['checkout/db  [NOT-SYNCED]', '1/1 secret is usable; 1 warning']);
    expect(result.annotations).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/its replica in us-east-1 is InProgress\.\n/) },
    ]);
  });
});
