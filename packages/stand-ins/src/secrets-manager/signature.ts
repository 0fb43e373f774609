import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Exchange } from '../loopback.ts';
import { ServiceError } from './error.ts';

/** What the Authorization header of a signed request says before anything is verified. */
export interface Signature {
  readonly accessKeyId: string;
  /** `20260115`, of the credential scope. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  /** Hexadecimal. */
  readonly value: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z]+)\/aws4_request, *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})$/;

/** Reads the header of Signature Version 4 (IAM User Guide, "Create a signed AWS API request"). */
export function readSignature(header: string | undefined): Signature {
  if (header === undefined)
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, accessKeyId = '', date = '', region = '', service = '', headers = '', value = ''] =
    AUTHORIZATION.exec(header) ?? [];
  if (value === '')
    throw new ServiceError(
      'IncompleteSignatureException',
      'The Authorization header is not one of AWS Signature Version 4',
    );
  return { accessKeyId, date, region, service, signedHeaders: headers.split(';'), value };
}

/** Signs the request again with the secret key and throws when the two signatures differ. */
export function verifySignature(exchange: Exchange, signature: Signature, secretAccessKey: string): void {
  const { method, url, headers, body } = exchange;
  const { date, region, service, signedHeaders } = signature;
  const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join('=')).sort();
  const canonicalRequest = [
    method,
    url.pathname,
    query.join('&'),
    ...signedHeaders.map((name) => `${name}:${String(headers[name] ?? '').trim()}`),
    '',
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonicalRequest)].join('\n');
  let key: Buffer | string = `AWS4${secretAccessKey}`;
  for (const part of [date, region, service, 'aws4_request']) key = hmac(key, part);
  if (!timingSafeEqual(hmac(key, text), Buffer.from(signature.value, 'hex'))) {
    throw new ServiceError(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
