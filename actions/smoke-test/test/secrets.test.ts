import { describe, expect, it } from 'vitest';
import { looksSecret, secretsOf } from '../src/secrets.ts';

function secrets(...values: readonly string[]) {
  const masked: string[] = [];
  const kept = secretsOf({
    mask: (secret) => masked.push(secret),
    redact: (text) => masked.reduce((safe, secret) => safe.replaceAll(secret, '***'), text),
  });
  for (const value of values) kept.add(value);
  return { ...kept, masked };
}

describe('what is shown', () => {
  it('is redacted first and cut afterwards, so that no half of a secret is left', () => {
    expect(secrets('hunter2hunter2').veil('ab hunter2hunter2', 10)).toBe('ab ***');
    expect(secrets('hunter2hunter2').veil('x'.repeat(30), 10)).toBe(`${'x'.repeat(10)}…`);
  });

  it('is one line', () => {
    expect(secrets().veil(' a\n\tb  c ', 99)).toBe('a b c');
  });

  it.each([
    ['percent', 's3cr%65t%26%3C%22key'],
    ['JSON', 's3cret\\u0026\\u003c\\"key'],
    ['HTML', 's3cret&amp;&lt;&quot;key'],
    ['HTML numbers', 's3cret&#38;&#x3C;&#34;key'],
    ['capitals', 'S3CRET&<"KEY'],
  ])('is nothing at all when a secret is in it as %s', (_, echoed) => {
    expect(secrets('s3cret&<"key').veil(`you sent ${echoed}!`, 200)).toBe(
      '(not shown: it holds a secret in another form)',
    );
  });

  it('shows texts that would hide half of the log if they were masked', () => {
    const { veil, masked } = secrets('1', 'abc', 'true', ' ', 'null');
    expect(masked).toEqual([]);
    expect(veil('{"ok":true,"n":1}', 99)).toBe('{"ok":true,"n":1}');
  });
});

describe('M06 a captured value is taken for a secret', () => {
  it.each([
    ['token', 'abc'],
    ['accessToken', '42'],
    ['api_key', 'abcd'],
    ['session_id', 'xyz1'],
    ['value', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'],
    ['value', '0123456789abcdef0123456789abcdef'],
  ])('M06 by its name or its looks: %s', (name, value) => {
    expect(looksSecret(name, value)).toBe(true);
  });

  it.each([
    ['id', 'ord-1001'],
    ['id', '01cc0f54-8885-4a1d-9121-ae5d316a33c5'],
    ['id', '01J9Z8Q6W4T2R0P8N6M4K2J0HG'],
    ['status', 'created'],
    ['total', '12345678901234567890123456789012345'],
    ['title', 'a sentence of more than thirty-two characters in 2026'],
  ])('but not %s %s', (name, value) => {
    expect(looksSecret(name, value)).toBe(false);
  });
});
