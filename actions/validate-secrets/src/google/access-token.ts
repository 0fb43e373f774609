import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Run } from '@delivery-actions/action-kit';
import { type HttpClient, HttpFailure, type HttpRequest } from '@delivery-actions/http';
import type { Clock } from '@delivery-actions/waiting';
import { httpObstacle } from '../http-obstacle.ts';
import { asObject, type JsonObject, parsedObject } from '../json-object.ts';
import { Unanswered } from '../unanswered.ts';
import type { GoogleCredentials } from './credentials.ts';
import type { GoogleObstacle } from './google-check.ts';
import { type Trust, tokenSource, trusted } from './hosts.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const OAUTH = 'https://oauth2.googleapis.com/token';

interface Means {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly mask: Run['mask'];
  readonly signal: AbortSignal;
  readonly trust: Trust;
}

/** An access token by what the credentials are; everything secret on the way is masked. */
export async function accessToken(credentials: GoogleCredentials, means: Means): Promise<string> {
  if ('token' in credentials) return credentials.token;
  const { file, folder } = credentials;
  switch (file['type']) {
    case 'external_account':
      return externalAccount(file, folder, means);
    case 'service_account':
      return serviceAccount(file, means);
    case 'authorized_user':
      return exchange(trusted(file['token_uri'] ?? OAUTH, 'token_uri', means.trust), means, {
        grant_type: 'refresh_token',
        client_id: String(file['client_id'] ?? ''),
        client_secret: String(file['client_secret'] ?? ''),
        refresh_token: String(file['refresh_token'] ?? ''),
      });
    default:
      throw bad(`is of the type ${JSON.stringify(String(file['type'] ?? '')).slice(0, 40)}, which cannot be used here`);
  }
}

/** Workload identity federation (AIP-4117): the job's token for one of Google, and that for one of a service account. */
async function externalAccount(file: JsonObject, folder: string, means: Means): Promise<string> {
  const { trust, mask } = means;
  const tokenUrl = trusted(file['token_url'], 'token_url', trust);
  const impersonation = file['service_account_impersonation_url'];
  const account =
    impersonation === undefined ? undefined : trusted(impersonation, 'service_account_impersonation_url', trust);
  const subject = await subjectToken(asObject(file['credential_source']) ?? {}, folder, means);
  mask(subject);
  const federated = await exchange(tokenUrl, means, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: String(file['audience'] ?? ''),
    scope: SCOPE,
    subject_token_type: String(file['subject_token_type'] ?? ''),
    subject_token: subject,
  });
  if (account === undefined) return federated;
  const answer = await ask(means, account, {
    method: 'POST',
    headers: { authorization: `Bearer ${federated}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scope: [SCOPE] }),
  });
  return tokenIn(answer, 'accessToken', account, mask);
}

async function subjectToken(source: JsonObject, folder: string, means: Means): Promise<string> {
  const format = asObject(source['format']) ?? {};
  const field = format['type'] === 'json' ? String(format['subject_token_field_name'] ?? '') : undefined;
  let text: string;
  if (typeof source['file'] === 'string') {
    try {
      text = await readFile(resolve(folder, source['file']), 'utf8');
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw bad(`names a file with the job's token that cannot be read (${code})`);
    }
  } else if (source['url'] !== undefined) {
    const headers = Object.fromEntries(
      Object.entries(asObject(source['headers']) ?? {}).map(([name, value]) => [name, String(value)]),
    );
    for (const value of Object.values(headers)) means.mask(value.replace(/^Bearer /i, ''));
    const address = tokenSource(source['url']);
    const answer = await ask(means, address, { headers });
    if (answer.status !== 200) throw refused(address, answer.status, 'token for the job');
    text = answer.text;
  } else throw bad("gets the job's token from a program or from AWS, which is not done here");
  if (field === undefined) return text.trim();
  const value = parsedObject(text)?.[field];
  if (typeof value === 'string' && value !== '') return value;
  throw bad(`names a source of the job's token that has no field ${JSON.stringify(field).slice(0, 40)}`);
}

/** A key signs who it is (RFC 7523), and OAuth gives a token for that. */
async function serviceAccount(file: JsonObject, means: Means): Promise<string> {
  const { createPrivateKey, sign } = await import('node:crypto');
  const audience = trusted(file['token_uri'] ?? OAUTH, 'token_uri', means.trust);
  const seconds = Math.floor(means.clock.now() / 1000);
  const claims = { iss: file['client_email'], scope: SCOPE, aud: audience, iat: seconds, exp: seconds + 600 };
  const head = { alg: 'RS256', typ: 'JWT', kid: file['private_key_id'] };
  const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  let signature: Buffer;
  try {
    signature = sign('RSA-SHA256', Buffer.from(text), createPrivateKey(String(file['private_key'] ?? '')));
  } catch {
    throw bad('has no private key that can sign');
  }
  const assertion = `${text}.${signature.toString('base64url')}`;
  means.mask(assertion);
  return exchange(audience, means, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
}

async function exchange(url: string, means: Means, form: Record<string, string>): Promise<string> {
  const answer = await ask(means, url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams(form)),
  });
  return tokenIn(answer, 'access_token', url, means.mask);
}

async function ask({ http, signal }: Means, url: string, request: Omit<HttpRequest, 'url'>) {
  try {
    return await http.request({ ...request, url, timeout: 15_000, retries: 2, signal });
  } catch (error) {
    if (error instanceof HttpFailure) throw new Unanswered<GoogleObstacle>(httpObstacle(error), error.message);
    throw error;
  }
}

function tokenIn(
  { status, text }: { status: number; text: string },
  field: string,
  url: string,
  mask: Run['mask'],
): string {
  const body = parsedObject(text) ?? {};
  const token = body[field];
  if (status === 200 && typeof token === 'string' && token !== '') {
    mask(token);
    return token;
  }
  const reason = body['error_description'] ?? asObject(body['error'])?.['message'] ?? body['error'];
  throw refused(url, status, 'access token', typeof reason === 'string' && status < 500 ? reason : undefined);
}

function refused(url: string, status: number, what: string, reason?: string): Unanswered<GoogleObstacle> {
  const said = reason === undefined ? '' : `: ${reason.replaceAll(/\s+/g, ' ').slice(0, 300)}`;
  return new Unanswered('login-refused', `${new URL(url).host} gives out no ${what} (${status}${said})`);
}

function bad(what: string): Unanswered<GoogleObstacle> {
  return new Unanswered('bad-credentials', `The credentials file ${what}`);
}
