import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type GoogleSecretManagerStandIn, startGoogleSecretManager } from '../src/google-secret-manager/index.ts';

let open: GoogleSecretManagerStandIn | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function google(behaviour = {}) {
  open = await startGoogleSecretManager({ accessTokens: ['ya29.good'], ...behaviour });
  return open;
}

async function get({ url }: GoogleSecretManagerStandIn, path: string, token = 'ya29.good') {
  const response = await fetch(`${url}/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, error: (body['error'] ?? {}) as { status?: string; message?: string } };
}

describe('Secret Manager', () => {
  it('describes a version without its value, and gives the value out by :access', async () => {
    const standIn = await google();
    standIn.put('projects/p/secrets/s', 'hidden', 0);
    const { body } = await get(standIn, 'projects/p/secrets/s/versions/latest');
    expect(body).toMatchObject({
      name: 'projects/p/secrets/s/versions/1',
      state: 'ENABLED',
      createTime: '1970-01-01T00:00:00.000Z',
    });
    expect(JSON.stringify(body)).not.toContain('hidden');
    const access = await get(standIn, 'projects/p/secrets/s/versions/1:access');
    expect(access.body['payload']).toEqual({ data: Buffer.from('hidden').toString('base64') });
  });

  it('latest is the highest number, whatever its state is; what is not ENABLED cannot be read', async () => {
    const standIn = await google();
    standIn.put('projects/p/secrets/s', 'a');
    const secret = standIn.put('projects/p/secrets/s', 'b');
    for (const version of secret.versions.slice(1)) version.state = 'DISABLED';
    expect((await get(standIn, 'projects/p/secrets/s/versions/latest')).body['state']).toBe('DISABLED');
    const { status, error } = await get(standIn, 'projects/p/secrets/s/versions/latest:access');
    expect([status, error.status, error.message]).toEqual([
      400,
      'FAILED_PRECONDITION',
      'Secret Version [projects/p/secrets/s/versions/2] is in DISABLED state.',
    ]);
  });

  it('answers 404 to what is not there, 403 to what is forbidden whether it is there or not, 401 to a stranger', async () => {
    const standIn = await google();
    standIn.secrets.set('projects/p/secrets/empty', { name: 'projects/p/secrets/empty', versions: [] });
    expect((await get(standIn, 'projects/p/secrets/empty/versions/latest')).error.message).toContain('has no versions');
    expect((await get(standIn, 'projects/p/secrets/none/versions/1')).status).toBe(404);
    standIn.behaviour.allow = {};
    for (const name of ['empty', 'none'])
      expect((await get(standIn, `projects/p/secrets/${name}/versions/latest`)).error).toMatchObject({
        status: 'PERMISSION_DENIED',
        message: expect.stringMatching(
          /^Permission 'secretmanager\.versions\.get' denied .* \(or it may not exist\)\.$/,
        ),
      });
    expect((await get(standIn, 'projects/p/secrets/empty', 'ya29.bad')).status).toBe(401);
  });

  it('lists by pages', async () => {
    const standIn = await google();
    for (const name of ['a', 'b', 'c']) standIn.put(`projects/p/secrets/${name}`, 'x');
    const first = await get(standIn, 'projects/p/secrets?pageSize=1000');
    expect(first.body).toMatchObject({ totalSize: 3, nextPageToken: '2' });
    expect((await get(standIn, 'projects/p/secrets?pageToken=2')).body).toMatchObject({
      secrets: [{ name: 'projects/p/secrets/c' }],
    });
  });
});

describe('tokens', () => {
  const form = (url: string, fields: Record<string, string>) =>
    fetch(`${url}/v1/token`, { method: 'POST', body: new URLSearchParams(fields) });

  it('are given for a signed assertion, and not for one that another key signed', async () => {
    const [mine, other] = [1, 2].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
    const standIn = await google({
      serviceAccounts: { 'ci@p': mine?.publicKey.export({ type: 'spki', format: 'pem' }) },
    });
    const assertion = (key = mine) => {
      const claims = { iss: 'ci@p', scope: 'https://www.googleapis.com/auth/cloud-platform' };
      const text = [{ alg: 'RS256' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      return `${text}.${sign('RSA-SHA256', Buffer.from(text), key?.privateKey ?? '').toString('base64url')}`;
    };
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const good = await form(standIn.url, { grant_type, assertion: assertion() });
    const { access_token } = (await good.json()) as { access_token: string };
    expect((await get(standIn, 'projects/p/secrets/none', access_token)).status).toBe(404);
    expect((await form(standIn.url, { grant_type, assertion: assertion(other) })).status).toBe(400);
  });
});
