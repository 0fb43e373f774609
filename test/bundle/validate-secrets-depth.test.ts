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
      'checkout/db   [OVERDUE]  was due by 2026-01-10',
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
    expect(result.lines[1]).toBe('checkout/db  [OVERDUE]  was due by 2026-01-11');
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
      /is NOT-SYNCED: its replica in eu-west-1 is Failed \(Replication failed: Secret name already exists\.\)\. It is needed in eu-west-1, where/,
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

describe('validate-secrets, keys of a value', () => {
  const GATEWAY = 'checkout/gateway';
  const filled = (standIn: SecretsManagerStandIn, value: string) =>
    standIn.secrets('eu-west-1').put(make(standIn, GATEWAY), { SecretString: value });

  it('are looked for only where they are asked for', async () => {
    const standIn = await aws();
    filled(standIn, '{"apiKey":"k-4711-0815","apiSecret":"s-4711-0815"}');
    make(standIn, 'checkout/db');
    const result = await check(standIn, [`${GATEWAY}#apiKey,apiSecret`, 'checkout/db']);
    expect(result.exitCode).toBe(0);
    expect(result.lines.slice(1, 3)).toEqual(['checkout/db       [EXISTS]', 'checkout/gateway  [EXISTS]']);
    const read = standIn.requests.filter(({ operation }) => operation === 'GetSecretValue');
    expect(read.map(({ id }) => id)).toEqual([GATEWAY]);
    expect(JSON.stringify(result)).not.toContain('4711-0815');
  });

  it('S12 that the service reads and the secret has not are KEY-MISSING, and the value is not shown', async () => {
    const standIn = await aws();
    filled(standIn, '{"APIKEY":"k-4711-0815","other":"s-4711-0815"}');
    const result = await check(standIn, [`${GATEWAY}#apiKey,apiSecret`]);
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1)).toEqual(['checkout/gateway  [KEY-MISSING]', '0/1 secret is usable; 1 is not']);
    expect(result.annotations).toEqual([
      {
        level: 'error',
        title: 'Key is missing',
        message:
          'checkout/gateway is KEY-MISSING: it has no keys apiKey, apiSecret.\n' +
          'Next: upper and lower case differ: apiKey is there in other letters; or put a value that has them, as one JSON object:\n' +
          'aws secretsmanager put-secret-value --region eu-west-1 --secret-id checkout/gateway --secret-string file://secret.txt',
      },
    ]);
    expect(JSON.parse(result.outputs.report ?? '').rows[0].found).toMatchObject({ missing: ['apiKey', 'apiSecret'] });
    expect(JSON.stringify(result)).not.toContain('4711-0815');
  });

  it('that are there without a value are EMPTY', async () => {
    const standIn = await aws();
    filled(standIn, '{"apiKey":""}');
    const result = await check(standIn, [`${GATEWAY}#apiKey`]);
    expect(result.lines[1]).toBe('checkout/gateway  [EMPTY]');
    expect(result.annotations[0]?.message).toContain('checkout/gateway is EMPTY: its key apiKey is empty.');
  });

  it.each([
    ['hunter2-hunter2', 'its value is not JSON'],
    ['"hunter2-hunter2"', 'its value is JSON, but not an object'],
  ])('S13 of a value that is no JSON object are missing, without a character of it: %s', async (value, said) => {
    const standIn = await aws();
    filled(standIn, value);
    const debug = await runBundle('validate-secrets', {
      inputs: { secrets: `${GATEWAY}#apiKey\nenv:GATEWAY#apiKey`, region: 'eu-west-1' },
      env: {
        GATEWAY: value,
        RUNNER_DEBUG: '1',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: standIn.url,
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'a-secret-key',
      },
    });
    expect(debug.exitCode).toBe(1);
    expect(debug.annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      `checkout/gateway is KEY-MISSING: ${said}, so it has no key apiKey.`,
      `env:GATEWAY is KEY-MISSING: ${said}, so it has no key apiKey.`,
    ]);
    expect(JSON.stringify(debug)).not.toContain('hunter');
  });

  it('need exactly one more permission, on the secrets that have them, and the report prints the whole policy', async () => {
    const standIn = await aws({ allow: { DescribeSecret: ['*'] } });
    filled(standIn, '{"apiKey":"k-4711-0815"}');
    make(standIn, 'checkout/db');
    const result = await check(standIn, [`${GATEWAY}#apiKey`, 'checkout/db']);
    expect(result.lines.slice(1, 3)).toEqual(['checkout/db       [EXISTS]', 'checkout/gateway  [DENIED]']);
    const [said = '', next = ''] = result.annotations[0]?.message.split('\nNext: ') ?? [];
    expect(said).toBe(
      'The role deploy may not read checkout/gateway, because no identity-based policy allows it. ' +
        'The secret is there; whether the keys are in the value is not known.',
    );
    const arn = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-??????`;
    expect(JSON.parse(/\[\n.*\n\]/s.exec(next)?.[0] ?? '')).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:DescribeSecret', Resource: [arn('checkout/db'), arn(GATEWAY)] },
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: [arn(GATEWAY)] },
    ]);
    expect(next).toMatch(/needs kms:Decrypt on that key too\.$/);
  });

  it('of a secret that is not usable are not looked for', async () => {
    const standIn = await aws();
    filled(standIn, '{}');
    make(standIn, 'checkout/gone').deletion = { asked: 0, due: 1 };
    const result = await check(standIn, ['checkout/gone#apiKey', 'checkout/missing#apiKey']);
    expect(result.lines.slice(1, 3)).toEqual(['checkout/gone     [DELETING]', 'checkout/missing  [MISSING]']);
    expect(standIn.requests.map(({ operation }) => operation)).not.toContain('GetSecretValue');
  });
});
