import {
  type GoogleSecretManagerStandIn,
  listen,
  type ParameterStoreStandIn,
  type SecretsManagerStandIn,
  sendJson,
  startGoogleSecretManager,
  startParameterStore,
  startSecretsManager,
} from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'a-secret-key', sessionToken: 'a-session-token' };
const FAR = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:far-AbCdEf';

let aws: SecretsManagerStandIn;
let ssm: ParameterStoreStandIn;
let google: GoogleSecretManagerStandIn;
beforeAll(async () => {
  aws = await startSecretsManager({ accessKeys: { [KEY.accessKeyId]: KEY } });
  ssm = await startParameterStore({ accessKeys: { [KEY.accessKeyId]: KEY } });
  google = await startGoogleSecretManager({ accessTokens: ['ya29.a-token'] });
});
afterAll(async () => {
  for (const each of [aws, ssm, google]) await each.close();
});

function check(secrets: readonly string[], env: Record<string, string> = {}, inputs: Record<string, string> = {}) {
  return runBundle('validate-secrets', {
    inputs: { secrets: secrets.join('\n'), endpoints: `gcp=${google.url}`, ...inputs },
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
      AWS_ENDPOINT_URL_SSM: ssm.url,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_SESSION_TOKEN: KEY.sessionToken,
      AWS_EC2_METADATA_DISABLED: 'true',
      CLOUDSDK_AUTH_ACCESS_TOKEN: 'ya29.a-token',
      ...env,
    },
  });
}

describe('S22 validate-secrets, with several stores: one root cause is one finding', () => {
  it.each([
    [
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' },
      /^There are no usable AWS credentials in this job \(.*\), so 3 secrets could not be checked\./,
    ],
    [
      { AWS_SECRET_ACCESS_KEY: 'of-another-key' },
      /^AWS does not accept the credentials in us-east-1, eu-west-1 \(InvalidSignatureException: .*\), so 3 secrets could/,
    ],
    [
      { AWS_SESSION_TOKEN: '' },
      /^AWS does not accept the credentials in us-east-1, eu-west-1 \(UnrecognizedClientException: .*\), so 3 secrets/,
    ],
  ])('AWS with %j', async (env, message) => {
    const result = await check(['db', FAR, 'ssm:/app/flag'], env);
    expect(result.exitCode).toBe(1);
    expect(result.annotations).toMatchObject([{ level: 'error', message: expect.stringMatching(message) }]);
    expect(result.lines.at(-1)).toBe('0/3 secrets are usable; 3 could not be checked');
  });

  it('without a region', async () => {
    const result = await check(['db', 'ssm:/app/flag'], { AWS_REGION: '' });
    expect(result.annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      'There is no AWS region, so 2 secrets could not be checked.',
    ]);
  });

  it('a proxy that leads nowhere', async () => {
    const env = { HTTPS_PROXY: 'http://127.0.0.1:9', AWS_ENDPOINT_URL_SSM: '', VAULT_TOKEN: 'root' };
    const lines = ['ssm:/app/flag', 'vault:kv/app/db', 'gcp:projects/p/secrets/key'];
    const result = await check(lines, { ...env, VAULT_ADDR: 'https://vault.example:8200' }, { endpoints: '' });
    expect(result.annotations).toEqual([
      {
        level: 'error',
        title: 'The proxy does not let the request pass',
        message:
          'The proxy 127.0.0.1:9 cannot be reached (ECONNREFUSED), so 3 secrets could not be checked.\n' +
          'Next: check HTTPS_PROXY, or name the host in NO_PROXY when it is reached without the proxy',
      },
    ]);
  });
});

describe('validate-secrets, the job summary', () => {
  it('is one table with the store, the age where the store tells it, and the next rotation', async () => {
    const DAY = 86_400_000;
    const secrets = aws.secrets('eu-west-1');
    for (const name of ['rotated', 'rotates']) secrets.put(secrets.create(name), { SecretString: 'v' });
    Object.assign(secrets.find('rotated') ?? {}, { rotation: { enabled: true, next: Date.UTC(2026, 0, 10) } });
    Object.assign(secrets.find('rotates') ?? {}, { rotation: { enabled: true, next: Date.UTC(2126, 0, 10) } });
    ssm.put('/app/flag', 'v', { changed: Date.now() - 400 * DAY });
    google.put('projects/p/secrets/key', 'v', Date.now() - DAY);
    const { lines, summary } = await check(['rotated', 'rotates', 'ssm:/app/flag', 'gcp:projects/p/secrets/key']);
    expect(summary.split('\n').filter((line) => line.startsWith('|'))).toEqual([
      '|  | Secret | Verdict | Store | Age | Next rotation |',
      '| --- | --- | --- | --- | --- | --- |',
      '| ✅ | gcp:projects/p/secrets/key | \\[EXISTS\\] | Google Secret Manager | 1 day old |  |',
      '| ⚠️ | rotated | \\[OVERDUE\\] | AWS Secrets Manager |  | was due by 2026-01-10 |',
      '| ✅ | rotates | \\[EXISTS\\] | AWS Secrets Manager |  | rotates by 2126-01-10 |',
      '| ✅ | ssm:/app/flag | \\[EXISTS\\] | SSM Parameter Store | 400 days old |  |',
    ]);
    expect(lines.slice(-5)).toEqual([
      'gcp:projects/p/secrets/key  [EXISTS]   Google Secret Manager',
      'rotated                     [OVERDUE]  AWS Secrets Manager    was due by 2026-01-10',
      'rotates                     [EXISTS]   AWS Secrets Manager    rotates by 2126-01-10',
      'ssm:/app/flag               [EXISTS]   SSM Parameter Store',
      '4/4 secrets are usable; 1 warning',
    ]);
  });
});

describe('validate-secrets, where something else answers', () => {
  it.each([403, 404])('a gateway that says %i does not make a secret missing or forbidden', async (status) => {
    await using gateway = await listen(({ response }) => sendJson(response, status, { message: 'no Route matched' }));
    const env = { VAULT_ADDR: gateway.url, VAULT_TOKEN: 'root', AWS_ENDPOINT_URL_SSM: gateway.url };
    const result = await check(
      ['db ?', 'ssm:/app/flag ?', 'vault:kv/app/db ?', 'gcp:projects/p/secrets/key ?'],
      { ...env, AWS_ENDPOINT_URL_SECRETS_MANAGER: gateway.url },
      { endpoints: `gcp=${gateway.url}` },
    );
    expect(result.exitCode).toBe(1);
    expect(result.lines.at(-1)).toBe('0/4 secrets are usable; 4 could not be checked');
    expect(result.annotations.map(({ message }) => message)).toEqual([
      expect.stringContaining('Secrets Manager answered with an error in eu-west-1'),
      expect.stringContaining(
        `answered ${status}, but not in the words of Google, so gcp:projects/p/secrets/key could`,
      ),
      expect.stringContaining('Parameter Store answered with an error in eu-west-1'),
      expect.stringContaining(`answered ${status}, but not in the words of Vault, so vault:kv/app/db could not be`),
    ]);
  });
});
