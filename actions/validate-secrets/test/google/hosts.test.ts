import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenSource, trusted } from '../../src/google/hosts.ts';

const GOOGLE = { universe: 'googleapis.com', endpoint: undefined };

describe('a host that gets a token', () => {
  it.each(['https://sts.googleapis.com/v1/token', 'https://iamcredentials.googleapis.com/v1/x:generateAccessToken'])(
    'is %s',
    (url) => {
      expect(trusted(url, 'token_url', GOOGLE)).toBe(url);
    },
  );

  it.each([
    'http://sts.googleapis.com/v1/token',
    'https://googleapis.com.evil.example/v1/token',
    'https://evilgoogleapis.com/v1/token',
    'https://sts.googleapis.com@evil.example/v1/token',
    'https://evil.example/sts.googleapis.com',
    'https://evil.example#.googleapis.com',
    'sts.googleapis.com/v1/token',
    'file:///etc/passwd',
    '',
    undefined,
    42,
  ])('is not %s', (url) => {
    expect(() => trusted(url, 'token_url', GOOGLE)).toThrow('which is not one of googleapis.com');
  });

  it('is of the universe that the workflow names, or the endpoint that it names, and of no other', () => {
    const universe = { universe: 'apis.cloud.example', endpoint: undefined };
    expect(trusted('https://sts.apis.cloud.example/v1', 'token_url', universe)).toContain('sts.apis.cloud.example');
    expect(() => trusted('https://sts.googleapis.com/v1', 'token_url', universe)).toThrow();
    const endpoint = { ...GOOGLE, endpoint: 'http://127.0.0.1:4711' };
    expect(trusted('http://127.0.0.1:4711/token', 'token_url', endpoint)).toBe('http://127.0.0.1:4711/token');
    expect(() => trusted('http://127.0.0.1:4712/token', 'token_url', endpoint)).toThrow();
  });

  it('has Google as the end of its name, whatever the URL is', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        expect(() => trusted(url, 'token_url', GOOGLE)).toThrow();
      }),
    );
  });
});

describe('where the token of the job comes from', () => {
  it.each([
    'https://pipelines.actions.githubusercontent.com/x',
    'http://169.254.169.254/metadata',
    'http://localhost:1/x',
  ])('may be %s', (url) => {
    expect(tokenSource(url)).toBe(url);
  });
  it.each(['http://token.example/x', 'file:///etc/passwd', undefined])('may not be %s', (url) => {
    expect(() => tokenSource(url)).toThrow('has no https:// URL');
  });
});
