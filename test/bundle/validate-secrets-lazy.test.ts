import {
  startGoogleSecretManager,
  startParameterStore,
  startSecretsManager,
  startVault,
} from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

/** What is in the code of each store and in no other's. */
const CODE = {
  aws: /class DescribeSecretCommand |DescribeSecret \$\{/,
  vault: /Asking Vault at/,
  gcp: /Asking Google Secret Manager/,
  ssm: /Asking SSM Parameter Store/,
};
type Store = keyof typeof CODE;
const STORES = Object.keys(CODE) as Store[];

const HTTP = /too-many-redirects/;
const YAML = /class YAMLParseError/;

function anyOf(...shapes: readonly RegExp[]): RegExp {
  return new RegExp(shapes.map(({ source }) => source).join('|'));
}

const KEYS = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'a-secret-key',
  VAULT_TOKEN: 'root',
  GOOGLE_OAUTH_ACCESS_TOKEN: 'ya29.token',
  API_KEY: 'k-4711',
};
const LINES: Readonly<Record<Store, string>> = {
  aws: 'app/db',
  vault: 'vault:kv/app/db',
  gcp: 'gcp:projects/p/secrets/db',
  ssm: 'ssm:/app/db',
};

/** One of each; the address of each is the same in every run. */
async function world() {
  const [aws, vault, gcp, ssm] = await Promise.all([
    startSecretsManager(),
    startVault(),
    startGoogleSecretManager({ accessTokens: ['ya29.token'] }),
    startParameterStore(),
  ]);
  aws.secrets('eu-west-1').put(aws.secrets('eu-west-1').create('app/db'), { SecretString: 'v' });
  gcp.put('projects/p/secrets/db', 'v');
  ssm.put('/app/db', 'v');
  const admin = (path: string, body: object) =>
    fetch(`${vault.url}/v1/${path}`, {
      method: 'POST',
      headers: { 'x-vault-token': 'root' },
      body: JSON.stringify(body),
    });
  await admin('sys/mounts/kv', { type: 'kv', options: { version: '2' } });
  await admin('kv/data/app/db', { data: { password: 'v' } });
  const made = { aws, vault, gcp, ssm };
  const before = Object.fromEntries(STORES.map((name) => [name, made[name].requests.length])) as Record<Store, number>;
  return {
    endpoints: STORES.map((name) => `${name}=${made[name].url}`).join('\n'),
    /** Stores that were asked anything. */
    asked: () => STORES.filter((name) => made[name].requests.length > before[name]),
    [Symbol.asyncDispose]: async () => {
      for (const name of STORES) await made[name].close();
    },
  };
}

describe('validate-secrets, a store that nothing names', () => {
  it.each(STORES)('is neither asked nor loaded when only %s is named', async (store) => {
    await using stores = await world();
    // The search for AWS credentials is in the code of Secrets Manager, and SSM uses it.
    const others = STORES.filter((name) => name !== store && !(store === 'ssm' && name === 'aws'));
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: LINES[store], endpoints: stores.endpoints },
      env: KEYS,
      without: anyOf(YAML, ...others.map((name) => CODE[name]), ...(store === 'aws' ? [HTTP] : [])),
    });
    expect(result.lines.at(-1), result.log).toBe('1/1 secret is usable');
    expect(stores.asked()).toEqual([store]);
  });

  it('is not needed for GitHub secrets either, and neither is HTTP', async () => {
    await using stores = await world();
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: 'env:API_KEY', endpoints: stores.endpoints },
      env: KEYS,
      without: anyOf(YAML, HTTP, ...Object.values(CODE)),
    });
    expect(result.lines.at(-1), result.log).toBe('1/1 secret is usable');
    expect(stores.asked()).toEqual([]);
  });

  it('would be missed: without its own code no store answers', async () => {
    await using stores = await world();
    for (const store of STORES) {
      const inputs = { secrets: LINES[store], endpoints: stores.endpoints };
      const result = await runBundle('validate-secrets', { inputs, env: KEYS, without: CODE[store] });
      expect(result.exitCode, store).toBe(1);
      expect(result.log, store).toContain('This is a bug');
    }
  });
});

describe('validate-secrets, all stores at once', () => {
  it('tells everything in one report', async () => {
    await using stores = await world();
    const secrets = [...Object.values(LINES), ...Object.values(LINES).map((line) => `${line}-not`), 'env:API_KEY'];
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: secrets.join('\n'), endpoints: stores.endpoints },
      env: KEYS,
    });
    expect(result.exitCode).toBe(1);
    const rows = result.lines.filter((line) => /\[[A-Z-]+\]/.test(line)).map((line) => line.split(/ {2,}/));
    expect(rows).toEqual([
      ['app/db', '[EXISTS]', 'AWS Secrets Manager'],
      ['app/db-not', '[MISSING]', 'AWS Secrets Manager'],
      ['env:API_KEY', '[EXISTS]', 'environment'],
      ['gcp:projects/p/secrets/db', '[EXISTS]', 'Google Secret Manager'],
      ['gcp:projects/p/secrets/db-not', '[MISSING]', 'Google Secret Manager'],
      ['ssm:/app/db', '[EXISTS]', 'SSM Parameter Store'],
      ['ssm:/app/db-not', '[MISSING]', 'SSM Parameter Store'],
      ['vault:kv/app/db', '[EXISTS]', 'Vault'],
      ['vault:kv/app/db-not', '[MISSING]', 'Vault'],
    ]);
    expect(result.lines.at(-1)).toBe('5/9 secrets are usable; 4 are not');
    expect(result.outputs).toMatchObject({ 'checked-count': '9', 'failed-count': '4' });
    expect(result.outputs.missing?.split('\n')).toHaveLength(4);
  });

  it('a store that is not to be reached does not keep the others from being told', async () => {
    await using stores = await world();
    const endpoints = stores.endpoints.replace(/vault=.*/, 'vault=http://127.0.0.1:1');
    const result = await runBundle('validate-secrets', {
      inputs: { secrets: Object.values(LINES).join('\n'), endpoints },
      env: KEYS,
    });
    expect(result.lines.at(-1)).toBe('3/4 secrets are usable; 1 could not be checked');
    expect(result.annotations.map(({ title }) => title)).toEqual(['Vault cannot be reached']);
  });
});
