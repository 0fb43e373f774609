import { generateKeyPairSync } from 'node:crypto';
import {
  type GoogleSecretManagerBehaviour,
  type GoogleSecretManagerStandIn,
  listen,
  type StandIn,
  sendJson,
  startGoogleSecretManager,
} from '@delivery-actions/stand-ins';
import { runBundle } from '@delivery-actions/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const open: StandIn[] = [];
afterEach(async () => {
  for (const standIn of open.splice(0)) await standIn.close();
});

const DAY = 86_400_000;
const TOKEN = 'ya29.c.b0Aaekm1K-access-token';
const P = 'projects/p/secrets';

async function google(names: readonly string[] = [], behaviour: GoogleSecretManagerBehaviour = {}) {
  const standIn = await startGoogleSecretManager({ accessTokens: [TOKEN], ...behaviour });
  open.push(standIn);
  for (const name of names) standIn.put(name, JSON.stringify({ user: 'checkout', password: 'p4ssw0rd-4711' }));
  return standIn;
}

interface More {
  readonly env?: Record<string, string>;
  readonly inputs?: Record<string, string>;
  readonly files?: Record<string, string>;
}

function check({ url }: StandIn, secrets: readonly string[], { env = {}, inputs = {}, files = {} }: More = {}) {
  return runBundle('validate-secrets', {
    inputs: { secrets: secrets.join('\n'), endpoints: `gcp=${url}`, ...inputs },
    env: { CLOUDSDK_AUTH_ACCESS_TOKEN: TOKEN, ...env },
    files,
  });
}

function manifest(line: string, policy: string): More {
  return {
    inputs: { secrets: '', manifest: 'secrets.yml', environment: 'staging' },
    files: { 'secrets.yml': `environments:\n  staging:\n    - { secret: "${line}", policy: ${policy} }\n` },
  };
}

function change(standIn: GoogleSecretManagerStandIn, name: string, to: object): void {
  const version = standIn.secrets.get(name)?.versions.at(-1);
  if (version === undefined) throw new Error(`there is no ${name}`);
  Object.assign(version, to);
}

describe('validate-secrets, Google Secret Manager', () => {
  it('finds secrets by the state of their version, and reads no value', async () => {
    const standIn = await google([`${P}/payment-key`, 'projects/p/locations/europe-west1/secrets/mail']);
    standIn.put(`${P}/payment-key`, 'second');
    const lines = ['payment-key', 'payment-key/versions/1'].map((name) => `gcp:${P}/${name}`);
    const result = await check(standIn, [...lines, 'gcp:projects/p/locations/europe-west1/secrets/mail']);
    expect(result.exitCode).toBe(0);
    expect(result.lines.slice(1)).toEqual([
      'gcp:projects/p/locations/europe-west1/secrets/mail  [EXISTS]',
      'gcp:projects/p/secrets/payment-key                  [EXISTS]',
      'gcp:projects/p/secrets/payment-key/versions/1       [EXISTS]',
      '3/3 secrets are usable',
    ]);
    expect(standIn.requests.map(({ path }) => path).sort()).toEqual([
      '/v1/projects/p/locations/europe-west1/secrets/mail/versions/latest',
      '/v1/projects/p/secrets/payment-key/versions/1',
      '/v1/projects/p/secrets/payment-key/versions/latest',
    ]);
    expect(result.log.replace(/::add-mask::.*/g, '')).not.toContain(TOKEN);
  });

  it('S19 a version that is disabled or destroyed is NO-VALUE, one that is scheduled for destruction DELETING', async () => {
    const names = ['disabled', 'destroyed', 'scheduled', 'empty', 'fine'];
    const standIn = await google(names.map((name) => `${P}/${name}`));
    change(standIn, `${P}/disabled`, { state: 'DISABLED' });
    change(standIn, `${P}/destroyed`, { state: 'DESTROYED' });
    change(standIn, `${P}/scheduled`, { state: 'DISABLED', scheduledDestroy: Date.UTC(2126, 0, 10) });
    standIn.secrets.get(`${P}/empty`)?.versions.splice(0);
    const result = await check(standIn, [...names.map((name) => `gcp:${P}/${name}`), `gcp:${P}/fine/versions/9`]);
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1)).toEqual([
      'gcp:projects/p/secrets/destroyed        [NO-VALUE]',
      'gcp:projects/p/secrets/disabled         [NO-VALUE]',
      'gcp:projects/p/secrets/empty            [NO-VALUE]',
      'gcp:projects/p/secrets/fine             [EXISTS]',
      'gcp:projects/p/secrets/fine/versions/9  [NO-VALUE]',
      'gcp:projects/p/secrets/scheduled        [DELETING]',
      '1/6 secrets are usable; 5 are not',
    ]);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      'gcp:projects/p/secrets/destroyed has NO-VALUE: the secret is there, but reading it fails: its version 1 is destroyed, for good.\n' +
        'Next: gcloud secrets versions add destroyed --project=p --data-file=secret.txt',
      'gcp:projects/p/secrets/disabled has NO-VALUE: the secret is there, but reading it fails: its version 1 is disabled.\n' +
        'Next: gcloud secrets versions enable 1 --secret=disabled --project=p\nor put a new one:\n' +
        'gcloud secrets versions add disabled --project=p --data-file=secret.txt',
      'gcp:projects/p/secrets/empty has NO-VALUE: the secret is there, but reading it fails: it was created without a version, ' +
        'as google_secret_manager_secret in Terraform does without a google_secret_manager_secret_version.\n' +
        'Next: gcloud secrets versions add empty --project=p --data-file=secret.txt',
      'gcp:projects/p/secrets/fine/versions/9 has NO-VALUE: the secret is there, but reading it fails: it has no version 9.\n' +
        'Next: name another one, or none for the latest:\ngcloud secrets versions list fine --project=p',
      'gcp:projects/p/secrets/scheduled is DELETING: its version 1 cannot be read any more, and is destroyed for good on 2126-01-10. Until then it can be enabled again.\n' +
        'Next: gcloud secrets versions enable 1 --secret=scheduled --project=p',
    ]);
    expect(result.summary).toContain('DELETING');
  });

  it('S06 tells what is missing with the name that was meant, from however many pages', async () => {
    const standIn = await google(['a', 'b', 'c', 'd', 'payment-key'].map((name) => `${P}/${name}`));
    const result = await check(standIn, [`gcp:${P}/payment-kee`, `gcp:${P}/other-thing ?`]);
    expect(result.exitCode).toBe(1);
    expect(result.annotations.map(({ level, message }) => [level, message])).toEqual([
      [
        'warning',
        'gcp:projects/p/secrets/other-thing is MISSING: there is no such secret in the project p. It is optional.\n' +
          'Next: gcloud secrets create other-thing --project=p --replication-policy=automatic --data-file=secret.txt',
      ],
      [
        'error',
        'gcp:projects/p/secrets/payment-kee is MISSING: there is no such secret in the project p.\n' +
          'Next: did you mean gcp:projects/p/secrets/payment-key, which is there?\nIf not:\n' +
          'gcloud secrets create payment-kee --project=p --replication-policy=automatic --data-file=secret.txt',
      ],
    ]);
    expect(result.outputs.missing?.split('\n')).toHaveLength(2);
  });

  it('"(or it may not exist)" is DENIED-OR-MISSING, with the role on exactly these secrets; listing settles it', async () => {
    const standIn = await google([`${P}/db`], { allow: {} });
    const lines = [`gcp:${P}/db#password`, `gcp:${P}/nope`];
    const result = await check(standIn, lines);
    expect(result.exitCode).toBe(1);
    expect(result.lines.slice(1, 3)).toEqual([
      'gcp:projects/p/secrets/db    [DENIED-OR-MISSING]',
      'gcp:projects/p/secrets/nope  [DENIED-OR-MISSING]',
    ]);
    expect(result.annotations.map(({ message }) => message)).toEqual([
      'The caller may not describe gcp:projects/p/secrets/db, gcp:projects/p/secrets/nope. ' +
        'Google gives the same answer for a missing secret and for a forbidden one.\n' +
        'Next: allow it, on these secrets only (MEMBER is who the job logs in as, such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com):\n' +
        'gcloud secrets add-iam-policy-binding db --project=p --member=MEMBER --role=roles/secretmanager.viewer\n' +
        'gcloud secrets add-iam-policy-binding db --project=p --member=MEMBER --role=roles/secretmanager.secretAccessor\n' +
        'gcloud secrets add-iam-policy-binding nope --project=p --member=MEMBER --role=roles/secretmanager.viewer',
    ]);
    standIn.behaviour.allow = { 'secrets.list': ['projects/p'] };
    const settled = await check(standIn, lines);
    expect(settled.lines.slice(1, 3)).toEqual([
      'gcp:projects/p/secrets/db    [DENIED]',
      'gcp:projects/p/secrets/nope  [MISSING]',
    ]);
    expect(settled.annotations[0]?.message).toContain('The secret is there: the list of its project has the name.');
  });

  it('S12 S13 looks for keys and placeholders in the value, and shows nothing of it', async () => {
    const standIn = await google([`${P}/db`]);
    const result = await check(standIn, [`gcp:${P}/db#password,Port,User`]);
    expect(result.lines[1]).toBe('gcp:projects/p/secrets/db  [KEY-MISSING]');
    expect(result.annotations[0]?.message).toContain('it has no keys Port, User.');
    standIn.put(`${P}/db`, 'p4ssw0rd-4711 is no JSON');
    expect((await check(standIn, [`gcp:${P}/db#password`])).annotations[0]?.message).toContain('its value is not JSON');
    standIn.put(`${P}/db`, new Uint8Array([0xff, 0xfe, 0x00]));
    expect((await check(standIn, [`gcp:${P}/db#password`])).annotations[0]?.message).toContain(
      'its value is binary, not text',
    );
    standIn.put(`${P}/db`, 'changeme');
    const asked = manifest(`gcp:${P}/db`, '{ not-placeholder: true }');
    expect((await check(standIn, [], asked)).lines[1]).toBe('gcp:projects/p/secrets/db  [PLACEHOLDER]');
    expect(result.log).not.toContain('p4ssw0rd');
  });

  it('a value that may not be read is DENIED, with the role for it', async () => {
    const standIn = await google([`${P}/db`], { allow: { 'versions.get': ['projects/p'] } });
    const result = await check(standIn, [`gcp:${P}/db#password`]);
    expect(result.lines[1]).toBe('gcp:projects/p/secrets/db  [DENIED]');
    expect(result.annotations[0]?.message).toContain(
      'may not read gcp:projects/p/secrets/db. The secret is there; whether',
    );
  });

  it('S09 the age is that of the version, and its replicas are where the policy wants them', async () => {
    const standIn = await google();
    standIn.put(`${P}/db`, 'v', Date.now() - 400 * DAY);
    const aged = await check(standIn, [], manifest(`gcp:${P}/db`, '{ max-age: 180d, replicas: [europe-west1] }'));
    expect(aged.lines[1]).toBe('gcp:projects/p/secrets/db  [STALE]  400 days old');
    standIn.secrets.set(`${P}/db`, {
      name: `${P}/db`,
      locations: ['us-east1', 'us-west1'],
      versions: [{ created: Date.now(), value: 'v', state: 'ENABLED' }],
    });
    const result = await check(standIn, [], manifest(`gcp:${P}/db`, '{ replicas: [us-east1, europe-west1] }'));
    expect(result.exitCode).toBe(1);
    expect(result.annotations[0]?.message).toContain(
      'gcp:projects/p/secrets/db is NOT-SYNCED: its values are kept in us-east1, us-west1 only, and its policy asks for europe-west1.',
    );
  });

  it('asks at most as many at a time as it may', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `${P}/s${index}`);
    const standIn = await google(names, { delay: 5 });
    const result = await check(
      standIn,
      names.map((name) => `gcp:${name}#user`),
      { inputs: { concurrency: '3' } },
    );
    expect(result.exitCode).toBe(0);
    expect(standIn.peak).toBeLessThanOrEqual(3);
  });

  it('refuses what names no secret, with what was meant', async () => {
    const standIn = await google();
    const result = await check(standIn, [
      'gcp:payment-key',
      'gcp:p/payment-key',
      'gcp:projects//secrets/x',
      'gcp:projects/p/secrets/a b',
    ]);
    expect(result.annotations.map(({ message }) => message.split('Next: ')[1])).toEqual([
      'the project belongs to it: gcp:projects/PROJECT/secrets/payment-key',
      'did you mean gcp:projects/p/secrets/payment-key?',
      'a part of it is empty: was an expression such as ${{ vars.PROJECT }} empty?',
      expect.stringMatching(/^write it as gcp:projects\/PROJECT\/secrets\/SECRET, with/),
    ]);
    expect(standIn.requests).toEqual([]);
  });
});

describe('validate-secrets, logging in to Google', () => {
  const line = [`gcp:${P}/db`];
  const email = 'ci@p.iam.gserviceaccount.com';
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const noToken = { CLOUDSDK_AUTH_ACCESS_TOKEN: '', GOOGLE_APPLICATION_CREDENTIALS: 'gha-creds.json' };

  /** The file that google-github-actions/auth writes for workload identity federation. */
  const federated = (google: string, github: string, more: object = {}) => ({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/github',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${google}/v1/token`,
    credential_source: {
      url: `${github}/token?audience=x`,
      headers: { Authorization: 'Bearer request-token-4711' },
      format: { type: 'json', subject_token_field_name: 'value' },
    },
    ...more,
  });

  async function github() {
    const standIn = await listen(({ headers, response }) =>
      headers.authorization === 'Bearer request-token-4711'
        ? sendJson(response, 200, { value: 'token-of-the-job' })
        : sendJson(response, 401, {}),
    );
    open.push(standIn);
    return standIn;
  }

  function withFile(standIn: StandIn, file: object, more: Record<string, string> = {}) {
    const files = { 'gha-creds.json': JSON.stringify(file), 'token.txt': 'token-of-the-job\n' };
    return check(standIn, line, { env: noToken, files, ...more });
  }

  it.each([
    ['a federated token', {}, 'The caller'],
    [
      'that of a service account',
      { service_account_impersonation_url: `ENDPOINT/v1/projects/-/serviceAccounts/${email}:generateAccessToken` },
      `serviceAccount:${email}`,
    ],
    ['a token from a file', { credential_source: { file: 'token.txt' } }, 'The caller'],
  ])('works with workload identity federation, by %s', async (_, more, member) => {
    const standIn = await google([`${P}/db`], { subjectTokens: ['token-of-the-job'], impersonates: [email] });
    const text = JSON.stringify(federated(standIn.url, (await github()).url, more)).replace('ENDPOINT', standIn.url);
    const result = await withFile(standIn, JSON.parse(text));
    expect(result.lines.at(-1)).toBe('1/1 secret is usable');
    expect(result.masked).toContain('token-of-the-job');
    if (!('credential_source' in more)) expect(result.masked).toContain('request-token-4711');
    const printed = result.log.replace(/::add-mask::.*/g, '');
    for (const secret of ['request-token-4711', 'token-of-the-job', ...standIn.requests.map(({ token }) => token)])
      if (secret !== '') expect(printed).not.toContain(secret);
    standIn.behaviour.allow = {};
    expect((await withFile(standIn, JSON.parse(text))).annotations[0]?.message).toContain(`${member} may not describe`);
  });

  it('works with the key of a service account and with what gcloud leaves for a user', async () => {
    const standIn = await google([`${P}/db`], {
      serviceAccounts: { [email]: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
      refreshTokens: ['1//refresh-token'],
    });
    const token_uri = `${standIn.url}/token`;
    const key = {
      type: 'service_account',
      client_email: email,
      private_key: pem,
      private_key_id: 'id-of-the-key',
      token_uri,
    };
    const user = {
      type: 'authorized_user',
      client_id: 'c',
      client_secret: 'd-secret',
      refresh_token: '1//refresh-token',
      token_uri,
    };
    for (const file of [key, user]) {
      const result = await withFile(standIn, file);
      expect(result.lines.at(-1)).toBe('1/1 secret is usable');
      expect(result.log.replace(/::add-mask::.*/g, '')).not.toMatch(/refresh-token|d-secret|PRIVATE KEY/);
    }
  });

  it('gives no token to a host that is not one of Google, whatever the file names', async () => {
    const standIn = await google([`${P}/db`], { subjectTokens: ['token-of-the-job'] });
    const thief = await google();
    const { url } = await github();
    const evil = 'https://sts.googleapis.com.evil.example/v1/token';
    for (const [file, message] of [
      [
        federated(standIn.url, url, { token_url: evil }),
        '"token_url" of the credentials file names the host sts.googleapis.com.evil.example',
      ],
      [federated(thief.url, url), '"token_url" of the credentials file names the host 127.0.0.1:'],
      [
        federated(standIn.url, url, { service_account_impersonation_url: `${thief.url}/x:generateAccessToken` }),
        '"service_account_impersonation_url" of the credentials file names the host 127.0.0.1:',
      ],
      [
        {
          type: 'service_account',
          client_email: email,
          private_key: pem,
          token_uri: 'https://evil.example/token',
          universe_domain: 'evil.example',
        },
        '"token_uri" of the credentials file names the host evil.example, which is not one of googleapis.com',
      ],
    ] as const) {
      const result = await withFile(standIn, file);
      expect(result.annotations[0]).toMatchObject({ title: 'Google credentials name another host' });
      expect(result.annotations[0]?.message).toContain(message);
    }
    expect(thief.requests).toEqual([]);
  });

  it.each([
    [
      '{not json with p4ssw0rd',
      'The file that GOOGLE_APPLICATION_CREDENTIALS names is not a JSON object',
      'Google credentials cannot be used',
    ],
    [
      '{"type":"external_account_authorized_user"}',
      'The credentials file is of the type "external_account_authorized_user", which cannot be used here',
      'Google credentials cannot be used',
    ],
    [
      '{"type":"service_account","private_key":"p4ssw0rd"}',
      'The credentials file has no private key that can sign',
      'Google credentials cannot be used',
    ],
  ])('S22 a file such as %s is told without a word of it', async (text, message, title) => {
    const standIn = await google();
    const result = await check(standIn, line, { env: noToken, files: { 'gha-creds.json': text } });
    expect(result.annotations).toMatchObject([{ title, message: expect.stringContaining(message) }]);
    expect(result.log.replace(/::add-mask::.*/g, '')).not.toContain('p4ssw0rd');
  });

  it('S22 what Google has against a login, a token, a project or a burst is one root cause', async () => {
    const standIn = await google([], { disabledIn: ['off'] });
    const { url } = await github();
    const two = (env: Record<string, string>, lines = [`gcp:${P}/a`, `gcp:${P}/b`]) =>
      check(standIn, lines, { env, files: { 'gha-creds.json': JSON.stringify(federated(standIn.url, url)) } });
    const first = (message = '') => message.split('\n')[0]?.replace(/127.0.0.1:\d+/, 'HOST');
    expect(first((await two(noToken)).annotations[0]?.message)).toBe(
      'HOST gives out no access token (400: The given credential is rejected by the attribute condition.), so 2 secrets could not be checked.',
    );
    const expired = await two({ CLOUDSDK_AUTH_ACCESS_TOKEN: 'ya29.expired' });
    expect(expired.annotations.map((each) => first(each.message))).toEqual([
      'HOST does not accept the access token (401), so 2 secrets could not be checked.',
    ]);
    const off = await two({}, ['gcp:projects/off/secrets/a']);
    expect(off.annotations[0]?.message).toBe(
      'The Secret Manager API is not enabled in the project off, so gcp:projects/off/secrets/a could not be checked.\n' +
        'Next: is it the right project? If so:\ngcloud services enable secretmanager.googleapis.com --project=off',
    );
    const none = await two({ CLOUDSDK_AUTH_ACCESS_TOKEN: '' });
    expect(first(none.annotations[0]?.message)).toBe(
      'There are no Google credentials in this job, so 2 secrets could not be checked.',
    );
    standIn.behaviour.throttled = true;
    expect((await two({})).annotations.map(({ title }) => title)).toEqual(['Secret Manager throttles']);
    standIn.behaviour.throttled = false;
    standIn.behaviour.answerWith = { status: 200, body: '<html>' };
    expect((await two({})).annotations.map(({ title }) => title)).toEqual(['Google Secret Manager did not answer']);
  });
});
