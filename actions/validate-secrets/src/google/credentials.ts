import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Run } from '@delivery-actions/action-kit';
import { type JsonObject, parsedObject } from '../json-object.ts';
import { Unanswered } from '../unanswered.ts';
import type { GoogleObstacle } from './google-check.ts';

export type GoogleCredentials = { readonly token: string } | { readonly file: JsonObject; readonly folder: string };

/** Where gcloud, Terraform and the user of google-github-actions/auth's output `access_token` put a token. */
const TOKENS = ['CLOUDSDK_AUTH_ACCESS_TOKEN', 'GOOGLE_OAUTH_ACCESS_TOKEN'];
/** What google-github-actions/auth exports (its README, "export_environment_variables"). */
const FILES = ['GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_GHA_CREDS_PATH', 'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE'];
/** Fields that are secrets. */
const SECRET = ['private_key', 'private_key_id', 'refresh_token', 'client_secret'];

export async function findCredentials({
  env,
  mask,
  workspace,
}: Pick<Run, 'env' | 'mask' | 'workspace'>): Promise<GoogleCredentials> {
  for (const name of TOKENS) {
    const token = env[name]?.trim() ?? '';
    mask(token);
    if (token !== '') return { token };
  }
  const variable = FILES.find((name) => (env[name]?.trim() ?? '') !== '');
  if (variable === undefined)
    throw new Unanswered<GoogleObstacle>('no-credentials', 'There are no Google credentials in this job');
  let text: string;
  try {
    text = await readFile(resolve(workspace, env[variable]?.trim() ?? ''), 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Unanswered<GoogleObstacle>('bad-credentials', `The file that ${variable} names cannot be read (${code})`);
  }
  const file = parsedObject(text);
  if (file === undefined)
    throw new Unanswered<GoogleObstacle>('bad-credentials', `The file that ${variable} names is not a JSON object`);
  for (const field of SECRET) if (typeof file[field] === 'string') mask(file[field]);
  return { file, folder: workspace };
}

/** Who will ask, as a member of an IAM policy, as far as the file tells. */
export function memberOf(credentials: GoogleCredentials): string | undefined {
  if ('token' in credentials) return undefined;
  const { type, client_email: email, service_account_impersonation_url: url } = credentials.file;
  if (type === 'service_account' && typeof email === 'string') return `serviceAccount:${email}`;
  const [, impersonated] = /\/serviceAccounts\/([^/:]+@[^/:]+):generateAccessToken$/.exec(String(url ?? '')) ?? [];
  return impersonated === undefined ? undefined : `serviceAccount:${impersonated}`;
}
