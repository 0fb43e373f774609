import { redactor } from '@delivery-actions/action-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function redacting(...secrets: readonly string[]) {
  const hide = redactor();
  for (const secret of secrets) hide.add(secret);
  return hide.redact;
}

const secret = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.trim() !== '' && !text.includes('*'));

describe('redactor', () => {
  it('never lets a secret pass, in any text, as it is or encoded', () => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (hidden, before, after) => {
        const wellFormed = hidden.toWellFormed();
        for (const form of [
          wellFormed,
          encodeURIComponent(wellFormed),
          Buffer.from(wellFormed).toString('base64'),
          JSON.stringify(wellFormed).slice(1, -1),
        ]) {
          const safe = redacting(hidden)(`${before}\u0000${form}\u0000${after}`);
          expect(safe.replaceAll('***', '')).not.toContain(form);
        }
      }),
    );
  });

  it('never lets one of several secrets pass, whichever came first', () => {
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), (hidden) => {
        const safe = redacting(...hidden)(hidden.map((each) => each.toWellFormed()).join('\u0000'));
        for (const each of hidden) expect(safe.replaceAll('***', '')).not.toContain(each.toWellFormed());
      }),
    );
  });

  it('leaves text without a secret alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n') }), (text) => {
        expect(redacting('hunter2')(text)).toBe(text);
      }),
    );
  });

  it('hides a long secret whole although a shorter one is in it', () => {
    expect(redacting('pass', 'password-1')('it is password-1, not pass')).toBe('it is ***, not ***');
  });

  it('hides each longer line of a secret of several lines', () => {
    const hide = redacting('-----BEGIN KEY-----\nMIIEpAIBAAKC\nab\n-----END KEY-----');
    expect(hide('got MIIEpAIBAAKC and ab')).toBe('got *** and ab');
  });

  it('ignores an empty secret', () => {
    expect(redacting('', ' \n')('a b')).toBe('a b');
  });

  it.each([
    ['a token of GitHub', `push with ghp_${'a1'.repeat(18)}!`, 'push with ***!'],
    ['a fine-grained token', `github_pat_${'A1_b'.repeat(8)}`, '***'],
    ['a key id of AWS', 'as ASIAIOSFODNN7EXAMPLE.', 'as ***.'],
    ['a JWT', 'id eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1 end', 'id *** end'],
    ['a header', 'Authorization: Bearer mF_9.B5f-4.1JqM', 'Authorization: Bearer ***'],
    ['a header in lower case', 'authorization: basic dXNlcjpwYXNzd29yZA==', 'authorization: basic ***'],
    ['a password in an address', 'https://user:p4ss@db.acme.dev/x', 'https://***@db.acme.dev/x'],
  ])('hides %s that nobody announced', (_, text, safe) => {
    expect(redacting()(text)).toBe(safe);
  });

  it.each([
    'Basic authentication is needed',
    'the Bearer challenge',
    'https://acme.dev:8443/a@b',
    'basic credentials.',
  ])('does not take %j for a credential', (text) => {
    expect(redacting()(text)).toBe(text);
  });
});
