import { UserError } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';
import { once, parseRequest } from '../src/request.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:checkout/db-AbCdEf';

describe('a line of the input', () => {
  it.each([
    ['checkout/db', 'checkout/db', false],
    ['checkout/db   # read at start', 'checkout/db', false],
    ['checkout/db ?', 'checkout/db', true],
    ['checkout/db ?  # since July', 'checkout/db', true],
    [ARN, ARN, false],
    ['env:API_KEY ?', 'env:API_KEY', true],
  ])('%s', (line, id, optional) => {
    expect(parseRequest(line)).toMatchObject({ id, optional });
  });

  it.each([
    ['checkout/gateway#apiKey', 'checkout/gateway', ['apiKey'], false],
    ['checkout/gateway#apiKey,apiSecret, apiKey ?  # both', 'checkout/gateway', ['apiKey', 'apiSecret'], true],
    [`${ARN}#apiKey`, ARN, ['apiKey'], false],
    ['env:GATEWAY#apiKey', 'env:GATEWAY', ['apiKey'], false],
    ['checkout/gateway #apiKey', 'checkout/gateway', [], false],
  ])('%s asks for keys', (line, id, keys, optional) => {
    expect(parseRequest(line)).toMatchObject({ id, keys, optional });
  });

  it('names its store', () => {
    expect(parseRequest('checkout/db').reference).toEqual({ store: 'aws', secret: { id: 'checkout/db' } });
    expect(parseRequest(ARN).reference).toMatchObject({
      store: 'aws',
      secret: { id: ARN, arn: { region: 'eu-west-1' } },
    });
    expect(parseRequest('env:API_KEY').reference).toEqual({ store: 'env', name: 'API_KEY' });
  });

  it.each([
    ['k8s:payments/checkout/key', 'does not name a namespace and an object in it'],
    ['external-secret:payments/Checkout ?', 'has the name "Checkout", which no object can have'],
    ['k8s:${{ inputs.namespace }}/db', 'was not filled in', '${{ inputs.name }}'],
    ['envs:KEY', 'names the store "envs", which is not known', 'did you mean env:KEY?'],
    ['constructor:x', 'names the store "constructor", which is not known'],
    ['gateway:key', 'names the store "gateway", which is not known', 'a GitHub secret is env:NAME'],
    ['env:', '"env:" does not name an environment variable'],
    ['env:secrets.API_KEY', 'does not name an environment variable', 'as in env:SMOKE_TEST_API_KEY'],
    ['checkout/db?', '"checkout/db?" ends in a question mark', 'a blank comes before the ?'],
    ['checkout/db#', '"checkout/db#" does not name the keys', 'write them as NAME#apiKey,apiSecret'],
    ['checkout/db#a,,b', '"checkout/db#a,,b" does not name the keys'],
    ['checkout/db#a#b', '"checkout/db#a#b" does not name the keys'],
    ['#key', 'cannot be the name of a secret'],
  ])('%s is refused, never ignored', (line, message, hint = '') => {
    const error = caught(() => parseRequest(line));
    expect(error.message).toContain(message);
    expect(error.findings[0]?.hint ?? '').toContain(hint);
  });
});

it('a secret that is asked for twice is one, and required when one line requires it', () => {
  const requests = ['b#x ?', 'a', 'b#y,x', 'c ?', 'c ?'].map(parseRequest);
  expect(once(requests).map(({ id, optional, keys }) => [id, optional, keys])).toEqual([
    ['a', false, []],
    ['b', false, ['x', 'y']],
    ['c', true, []],
  ]);
});

function caught(parse: () => unknown): UserError {
  try {
    parse();
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('expected a UserError');
}
