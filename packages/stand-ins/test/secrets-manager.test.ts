import { DescribeSecretCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type SecretsManagerOptions,
  type SecretsManagerStandIn,
  startSecretsManager,
} from '../src/secrets-manager/index.ts';
import { secretsManagerContract } from './secrets-manager-contract.ts';

const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-key' };

describe('the stand-in keeps the contract', async () => {
  const standIn = await startSecretsManager({ accessKeys: { [KEY.accessKeyId]: KEY } });
  afterAll(() => standIn.close());

  for (const { name, run } of secretsManagerContract({ endpoint: standIn.url, credentials: KEY })) it(name, run);
});

describe('access', () => {
  const PRINCIPAL = 'arn:aws:sts::123456789012:assumed-role/deploy/run-4711';
  const keys = { [KEY.accessKeyId]: { ...KEY, principal: PRINCIPAL } };

  it('refuses an unknown key, a wrong signature and a missing session token', async () => {
    const temporary = { ...KEY, sessionToken: 'a-session-token' };
    const options = { accessKeys: { [KEY.accessKeyId]: temporary } };
    const asked = (credentials: typeof KEY & { sessionToken?: string }) => describeWith(options, 'db', credentials);
    expect(await asked(temporary)).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await asked({ ...temporary, accessKeyId: 'AKIAUNKNOWN' })).toMatchObject({
      name: 'UnrecognizedClientException',
    });
    expect(await asked(KEY)).toMatchObject({ name: 'UnrecognizedClientException' });
    expect(await asked({ ...temporary, secretAccessKey: 'wrong' })).toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  it('knows when temporary credentials have expired', async () => {
    const options = { accessKeys: { [KEY.accessKeyId]: { ...KEY, expired: true } } };
    expect(await describeWith(options, 'db')).toMatchObject({ name: 'ExpiredTokenException' });
  });

  it('denies in the words of AWS what no identity-based policy allows', async () => {
    expect(await describeWith({ accessKeys: keys, allow: {} }, 'checkout/db')).toMatchObject({
      name: 'AccessDeniedException',
      message:
        `User: ${PRINCIPAL} is not authorized to perform: secretsmanager:DescribeSecret on resource: checkout/db ` +
        'because no identity-based policy allows the secretsmanager:DescribeSecret action',
    });
  });

  it('allows a secret by the pattern of its ARN, which a missing name does not match', async () => {
    const allow = { DescribeSecret: ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:checkout/*-??????'] };
    expect(await describeWith({ allow }, 'checkout/db', KEY, ['checkout/db'])).toMatchObject({ Name: 'checkout/db' });
    expect(await describeWith({ allow }, 'checkout/db')).toMatchObject({ name: 'AccessDeniedException' });
    expect(await describeWith({ allow }, 'orders/db', KEY, ['orders/db'])).toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('lets a resource-based policy deny over everything that is allowed', async () => {
    const options = { denyByResource: ['*:secret:checkout/db-*'] };
    expect(await describeWith(options, 'checkout/db', KEY, ['checkout/db'])).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('with an explicit deny in a resource-based policy'),
    });
  });

  it('lists for those only who may list', async () => {
    await using standIn = await startSecretsManager({ allow: { DescribeSecret: ['*'] } });
    const client = clientOf(standIn);
    await expect(client.send(new ListSecretsCommand())).rejects.toThrow(/secretsmanager:ListSecrets because no/);
    client.destroy();
  });
});

it('throttles what goes beyond the rate', async () => {
  await using standIn = await startSecretsManager({ requestsPerSecond: 5, now: () => 0 });
  const client = clientOf(standIn);
  const asked = await Promise.allSettled(
    Array.from({ length: 8 }, () => client.send(new DescribeSecretCommand({ SecretId: 'x' }))),
  );
  const throttled = asked.filter((each) => each.status === 'rejected' && each.reason.name === 'ThrottlingException');
  expect(throttled).toHaveLength(3);
  client.destroy();
});

it('remembers what was asked, where, by whom, and how much at a time', async () => {
  await using standIn = await startSecretsManager({ delay: 20 });
  const client = clientOf(standIn);
  await Promise.allSettled(['a', 'b', 'c'].map((SecretId) => client.send(new DescribeSecretCommand({ SecretId }))));
  expect(standIn.requests).toHaveLength(3);
  expect(standIn.requests).toContainEqual({
    operation: 'DescribeSecret',
    id: 'b',
    region: 'eu-west-1',
    accessKeyId: KEY.accessKeyId,
  });
  expect(standIn.peak).toBe(3);
  client.destroy();
});

it('makes ARNs of the partition that the region is in', async () => {
  await using standIn = await startSecretsManager();
  const arnIn = (region: string) => standIn.secrets(region).create('x').arn.split(':')[1];
  expect(['eu-west-1', 'cn-north-1', 'us-gov-west-1'].map(arnIn)).toEqual(['aws', 'aws-cn', 'aws-us-gov']);
});

function clientOf({ url }: SecretsManagerStandIn, credentials: typeof KEY = KEY): SecretsManagerClient {
  return new SecretsManagerClient({ region: 'eu-west-1', endpoint: url, credentials, maxAttempts: 1 });
}

/** The description, or the error, of one secret, asked of a new stand-in. */
async function describeWith(
  options: SecretsManagerOptions,
  id: string,
  credentials = KEY,
  existing: readonly string[] = [],
) {
  await using standIn = await startSecretsManager(options);
  for (const name of existing) standIn.secrets('eu-west-1').create(name);
  const client = clientOf(standIn, credentials);
  try {
    return await client.send(new DescribeSecretCommand({ SecretId: id })).catch((error: unknown) => error);
  } finally {
    client.destroy();
  }
}
