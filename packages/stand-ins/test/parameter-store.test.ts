import { expect, it } from 'vitest';
import { startParameterStore } from '../src/parameter-store/index.ts';

const unsigned = `AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/ssm/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

async function call(url: string, operation: string, input: object, authorization = unsigned) {
  const headers = { 'x-amz-target': `AmazonSSM.${operation}`, authorization };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it('gives values out, of a SecureString only decrypted, and names what is not there', async () => {
  await using standIn = await startParameterStore();
  standIn.put('/app/flag', 'on', { type: 'String', changed: 0 });
  standIn.put('/app/key', 'hidden');
  standIn.put('/app/key', 'newer');
  const Names = [
    '/app/flag',
    '/app/key',
    '/app/key:1',
    '/app/none',
    'arn:aws:ssm:eu-west-1:123456789012:parameter/app/flag',
  ];
  const { body } = await call(standIn.url, 'GetParameters', { Names });
  expect(body['InvalidParameters']).toEqual(['/app/none']);
  expect(body['Parameters']).toMatchObject([
    { Name: '/app/flag', Value: 'on', Version: 1, LastModifiedDate: 0 },
    { Name: '/app/key', Value: 'AQICAHh-ciphertext-1', Version: 2 },
    { Name: '/app/key', Value: 'AQICAHh-ciphertext-0', Version: 1, Selector: ':1' },
    { Name: '/app/flag', ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/app/flag' },
  ]);
  const decrypted = await call(standIn.url, 'GetParameters', { Names: ['/app/key'], WithDecryption: true });
  expect(decrypted.body['Parameters']).toMatchObject([{ Value: 'newer' }]);
});

it('denies a whole call for one name, throttles, lists a folder by pages, and takes no signature for another service', async () => {
  await using standIn = await startParameterStore({ allow: { GetParameters: ['*/app/a'], DescribeParameters: ['*'] } });
  for (const name of ['/app/a', '/app/b', '/app/deep/c']) standIn.put(name, 'x');
  expect((await call(standIn.url, 'GetParameters', { Names: ['/app/a'] })).status).toBe(200);
  expect((await call(standIn.url, 'GetParameters', { Names: ['/app/a', '/app/b'] })).body).toMatchObject({
    __type: 'AccessDeniedException',
    message: expect.stringContaining('parameter/app/b because no identity-based policy allows'),
  });
  const ParameterFilters = [{ Key: 'Path', Option: 'OneLevel', Values: ['/app'] }];
  const page = await call(standIn.url, 'DescribeParameters', { ParameterFilters, MaxResults: 1 });
  expect(page.body).toEqual({ Parameters: [{ Name: '/app/a' }], NextToken: '1' });
  const last = await call(standIn.url, 'DescribeParameters', { ParameterFilters, NextToken: '1' });
  expect(last.body).toEqual({ Parameters: [{ Name: '/app/b' }] });
  standIn.behaviour.throttle = 1;
  expect((await call(standIn.url, 'DescribeParameters', {})).body['__type']).toBe('ThrottlingException');
  const other = unsigned.replace('/ssm/', '/secretsmanager/');
  expect((await call(standIn.url, 'GetParameters', {}, other)).body['__type']).toBe('InvalidSignatureException');
});
