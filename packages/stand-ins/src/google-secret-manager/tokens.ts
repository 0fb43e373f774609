import { createPublicKey, verify } from 'node:crypto';

/** Who gets a token from whom. */
export interface GoogleLogin {
  /** Tokens of jobs that the pool's provider takes (workload identity federation). */
  subjectTokens?: readonly string[];
  /** Public keys of service accounts (PEM), by email. */
  serviceAccounts?: Readonly<Record<string, string>>;
  refreshTokens?: readonly string[];
  /** Service accounts that the pool may act as. */
  impersonates?: readonly string[];
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** What `POST /token` of STS (form, RFC 8693) and of OAuth (RFC 7523, refresh tokens) answers. */
export function tokenAnswer(body: string, login: GoogleLogin, issue: () => string): { status: number; body: object } {
  const form = new URLSearchParams(body);
  const refused = (error: string, error_description: string) => ({ status: 400, body: { error, error_description } });
  switch (form.get('grant_type')) {
    case 'urn:ietf:params:oauth:grant-type:token-exchange':
      if (!login.subjectTokens?.includes(form.get('subject_token') ?? ''))
        return refused('invalid_grant', 'The given credential is rejected by the attribute condition.');
      if (!form.get('audience')?.startsWith('//iam.googleapis.com/') || form.get('scope') !== SCOPE)
        return refused('invalid_request', 'Invalid value for "audience".');
      break;
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      if (!isSigned(form.get('assertion') ?? '', login.serviceAccounts ?? {}))
        return refused('invalid_grant', 'Invalid JWT Signature.');
      break;
    case 'refresh_token':
      if (!login.refreshTokens?.includes(form.get('refresh_token') ?? ''))
        return refused('invalid_grant', 'Token has been expired or revoked.');
      break;
    default:
      return refused('unsupported_grant_type', 'Invalid grant_type');
  }
  return { status: 200, body: { access_token: issue(), token_type: 'Bearer', expires_in: 3599 } };
}

function isSigned(assertion: string, accounts: Readonly<Record<string, string>>): boolean {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const { iss = '', scope } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as Record<string, string>;
  const key = accounts[iss];
  if (key === undefined || scope !== SCOPE) return false;
  return verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${claims}`),
    createPublicKey(key),
    Buffer.from(signature, 'base64url'),
  );
}
