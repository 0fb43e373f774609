import { UserError } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../src/request.ts';

describe('a line for Vault', () => {
  it.each([
    ['vault:kv/checkout/staging#password', 'kv/checkout/staging', ['password']],
    ['vault:team/kv/a ?', 'team/kv/a', []],
    ['vault:secret/über/x.y_z@1', 'secret/über/x.y_z@1', []],
  ])('%s', (line, path, keys) => {
    expect(parseRequest(line)).toMatchObject({ reference: { store: 'vault', path }, keys });
  });

  it.each([
    ['vault:', 'has an empty part', 'was an expression'],
    ['vault:kv', 'names a mount without a secret', 'as in vault:kv/checkout/staging'],
    ['vault:/kv/a', 'begins or ends with a slash', 'write vault:kv/a'],
    ['vault:kv/a/', 'begins or ends with a slash', 'write vault:kv/a'],
    ['vault:kv//a', 'has an empty part', 'was an expression such as'],
    ['vault:kv/../sys/raw', 'has a part that is . or ..', 'write the path in full'],
    ['vault:kv/a*', 'it may not contain "*"', 'one secret a line'],
    ['vault:kv/a?x=y', 'it may not contain "?"', 'one secret a line'],
    ['vault:kv/a%2e', 'it may not contain "%"', 'one secret a line'],
    ['vault:kv/$NAME', 'it may not contain "$"', 'a variable was not filled in'],
    ['vault:kv/a b', 'it may not contain a blank', 'keys come behind a #'],
  ])('%s is refused: it could be another path for Vault', (line, message, hint) => {
    const error = caught(() => parseRequest(line));
    expect(error.message).toContain(message);
    expect(error.findings[0]?.hint).toContain(hint);
  });
});

function caught(parse: () => unknown): UserError {
  try {
    parse();
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('expected a UserError');
}
