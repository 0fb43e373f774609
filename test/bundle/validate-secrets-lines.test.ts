import { type SecretsManagerStandIn, startSecretsManager } from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

let open: SecretsManagerStandIn | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function aws(...names: readonly string[]): Promise<SecretsManagerStandIn> {
  open = await startSecretsManager();
  const secrets = open.secrets('eu-west-1');
  for (const name of names) secrets.put(secrets.create(name), { SecretString: `value of ${name}` });
  return open;
}

function environment({ url }: SecretsManagerStandIn): Record<string, string> {
  return {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'a-secret-key',
  };
}

describe('validate-secrets, line by line', () => {
  it('an optional secret that is missing is a warning, and the step is green', async () => {
    const env = environment(await aws('checkout/db'));
    const inputs = { secrets: 'checkout/db\ncheckout/feature ?   # until July' };
    const result = await runBundle('validate-secrets', { inputs, env });
    expect(result.exitCode).toBe(0);
    expect(result.lines.slice(1)).toEqual([
      'checkout/db       [EXISTS]',
      'checkout/feature  [MISSING]',
      '1/2 secrets are usable; 1 warning',
    ]);
    expect(result.annotations).toMatchObject([
      {
        level: 'warning',
        message: expect.stringMatching(
          /^checkout\/feature is MISSING: there is no such secret in eu-west-1\. It is optional\./,
        ),
      },
    ]);
    expect(result.outputs).toMatchObject({
      'checked-count': '2',
      'failed-count': '0',
      'warning-count': '1',
      missing: 'checkout/feature',
    });
  });

  it.each([
    ['checkout/feature ?', 'missing', 0],
    ['checkout/feature ?', 'warning', 1],
    ['checkout/feature ?', 'never', 0],
    ['checkout/feature', 'missing', 1],
    ['checkout/feature', 'warning', 1],
    ['checkout/feature', 'never', 0],
  ])('without %s, fail-on: %s ends with %i', async (secrets, failOn, exitCode) => {
    const env = environment(await aws());
    const result = await runBundle('validate-secrets', { inputs: { secrets, 'fail-on': failOn }, env });
    expect(result.exitCode).toBe(exitCode);
    expect(result.lines).toContain('checkout/feature  [MISSING]');
    expect(JSON.parse(result.outputs.report ?? '').passed).toBe(exitCode === 0);
    expect(result.outputs.missing).toBe('checkout/feature');
  });

  it('asks as many at a time as it may', async () => {
    const standIn = await aws('a', 'b', 'c', 'd', 'e', 'f');
    standIn.behaviour.delay = 20;
    const inputs = { secrets: 'a\nb\nc\nd\ne\nf', concurrency: '2' };
    expect((await runBundle('validate-secrets', { inputs, env: environment(standIn) })).exitCode).toBe(0);
    expect(standIn.peak).toBe(2);
  });

  it('refuses what it cannot check, all at once, and asks nothing', async () => {
    const standIn = await aws();
    const inputs = {
      secrets: 'checkout/db\nexternal-secret:a/b/c#password\ngateway:key',
      concurrency: '0',
      'fail-on': 'always',
    };
    const result = await runBundle('validate-secrets', { inputs, env: environment(standIn) });
    expect(result.exitCode).toBe(1);
    expect(result.annotations.map(({ message }) => message.split('\n')[0])).toEqual([
      'Input "secrets", line 2: "external-secret:a/b/c" does not name a namespace and an object in it',
      'Input "secrets", line 3: "gateway:key" names the store "gateway", which is not known',
      'Input "concurrency" is "0": expected a whole number from 1 to 100.',
      'Input "fail-on" is "always": expected missing, warning, never.',
    ]);
    expect(standIn.requests).toEqual([]);
  });
});

describe('validate-secrets, endpoints', () => {
  const keys = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'a-secret-key',
  };

  it('are asked instead of the address of the store, and before those of the environment', async () => {
    const standIn = await aws('checkout/db');
    const env = { ...keys, AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1' };
    const inputs = { secrets: 'checkout/db', endpoints: `# for this test\naws=${standIn.url}/` };
    const result = await runBundle('validate-secrets', { inputs, env });
    expect(result.lines.slice(1)).toEqual(['checkout/db  [EXISTS]', '1/1 secret is usable']);
  });

  it('that are none are refused, all at once, before anything is asked', async () => {
    const endpoints =
      'aw=https://x\naws=http://proxy.example:8080\naws=proxy\nvault=https://me:pw@vault.example\naws=https://a.example?x';
    const result = await runBundle('validate-secrets', { inputs: { secrets: 'checkout/db', endpoints }, env: keys });
    expect(result.annotations.map(({ message }) => message)).toEqual([
      'Input "endpoints", line 1: "aw" is no store with an endpoint\nNext: did you mean aws=?',
      'Input "endpoints", line 2: the endpoint of aws is http://, which anybody on the way can read, credentials and values\n' +
        'Next: did you mean aws=https://proxy.example? Only this machine itself (127.0.0.1, localhost) may be asked without TLS',
      'Input "endpoints", line 3: the endpoint of aws is not a URL\nNext: write it as aws=https://HOST',
      'Input "endpoints", line 4: the endpoint of vault has a user name or a password in it\n' +
        'Next: credentials come from the environment of the step',
      'Input "endpoints", line 5: the endpoint of aws has more than a host and a path\nNext: write it as aws=https://a.example/',
    ]);
  });
});

describe('validate-secrets, GitHub secrets', () => {
  const unset = { inputs: { secrets: 'env:API_KEY\nenv:DB_URL' }, env: { API_KEY: '', DB_URL: 'postgres://db' } };

  it('are looked at without a cloud', async () => {
    const result = await runBundle('validate-secrets', {
      ...unset,
      env: { API_KEY: 'k-4711-0815', DB_URL: 'postgres://db' },
    });
    expect(result.exitCode).toBe(0);
    expect(result.lines).toEqual(['env:API_KEY  [EXISTS]', 'env:DB_URL   [EXISTS]', '2/2 secrets are usable']);
    expect(result.log).not.toContain('k-4711-0815');
  });

  it('stand beside those of a store', async () => {
    const env = { ...environment(await aws('checkout/db')), API_KEY: 'k' };
    const result = await runBundle('validate-secrets', { inputs: { secrets: 'env:API_KEY\ncheckout/db' }, env });
    expect(result.lines.slice(1)).toEqual([
      'checkout/db  [EXISTS]  AWS Secrets Manager',
      'env:API_KEY  [EXISTS]  environment',
      '2/2 secrets are usable',
    ]);
  });

  it('S16 that are not set anywhere are EMPTY, with where to set them', async () => {
    const result = await runBundle('validate-secrets', unset);
    expect(result.exitCode).toBe(1);
    expect(result.lines).toEqual(['env:API_KEY  [EMPTY]', 'env:DB_URL   [EXISTS]', '1/2 secrets are usable; 1 is not']);
    expect(result.annotations).toEqual([
      {
        level: 'error',
        title: 'Secret is empty',
        message:
          'env:API_KEY is EMPTY: the variable is there without a value, which is what a secret that is not set becomes. ' +
          'Either it is set neither in the repository nor in its organisation, or it belongs to an environment that the job does not name.\n' +
          'Next: name the environment in the job ("environment:"), hand secrets on to a reusable workflow ("secrets: inherit"), or set it:\n' +
          'gh secret set API_KEY',
      },
    ]);
    expect(result.summary).toContain('EMPTY');
    expect(result.outputs).toMatchObject({ missing: 'env:API_KEY', 'failed-count': '1' });
  });

  it('S16 are EMPTY on a pull request from a fork, which is the one reason for all', async () => {
    const pull_request = { head: { repo: { full_name: 'x/y' } }, base: { repo: { full_name: 'acme/y' } } };
    const event = { name: 'pull_request', payload: { pull_request } };
    const result = await runBundle('validate-secrets', { ...unset, env: { API_KEY: '', DB_URL: '' }, event });
    expect(result.annotations).toMatchObject([
      {
        message: expect.stringMatching(
          /^env:API_KEY, env:DB_URL are EMPTY: this run is for a pull request from a fork/,
        ),
      },
    ]);
  });

  it('S16 are EMPTY when Dependabot started the run', async () => {
    const result = await runBundle('validate-secrets', {
      ...unset,
      env: { ...unset.env, GITHUB_ACTOR: 'dependabot[bot]' },
    });
    expect(result.annotations).toMatchObject([
      { message: expect.stringMatching(/Dependabot started this run.*\n.*\ngh secret set API_KEY --app dependabot$/) },
    ]);
  });

  it('S16 that the step does not hand in are EMPTY, with the lines to add', async () => {
    const result = await runBundle('validate-secrets', { ...unset, env: { DB_URL: 'x' } });
    expect(result.annotations).toMatchObject([
      { message: expect.stringMatching(/\nNext: add to the step:\nenv:\n {2}API_KEY: \$\{\{ secrets\.API_KEY \}\}$/) },
    ]);
  });
});
