import { expect, it } from 'vitest';
import { signedHeaders } from '../../src/ssm/signature.ts';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const WHERE = {
  host: 'example.amazonaws.com',
  region: 'us-east-1',
  service: 'service',
  now: Date.UTC(2015, 7, 30, 12, 36),
};

it('is that of AWS, in the case "post-vanilla" of its Signature Version 4 test suite', () => {
  expect(signedHeaders({}, '', WHERE, KEY)).toEqual({
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  });
});

it('covers the body, the headers and the session token', () => {
  const signature = (headers: Record<string, string>, body: string, sessionToken?: string) =>
    signedHeaders(headers, body, WHERE, { ...KEY, sessionToken })['authorization']?.split('Signature=')[1];
  const all = [signature({}, ''), signature({}, '{}'), signature({ 'x-amz-target': 'a' }, ''), signature({}, '', 't')];
  expect(new Set(all).size).toBe(all.length);
});
