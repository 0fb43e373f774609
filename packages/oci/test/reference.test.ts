import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatReference,
  InvalidReference,
  isDigest,
  isTag,
  parseImageName,
  parseReference,
  TAG_MAX,
} from '../src/index.ts';

const HEX = 'a'.repeat(64);

function message(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof InvalidReference) return error.message;
    throw error;
  }
  return 'no error';
}

describe('parseReference', () => {
  it.each([
    ['node', { registry: 'docker.io', repository: 'library/node' }],
    ['acme/app:1.2', { registry: 'docker.io', repository: 'acme/app', tag: '1.2' }],
    ['index.docker.io/node', { registry: 'docker.io', repository: 'library/node' }],
    ['localhost/app', { registry: 'localhost', repository: 'app' }],
    ['localhost:5000/app', { registry: 'localhost:5000', repository: 'app' }],
    [
      `ghcr.io/acme/app:v1@sha256:${HEX}`,
      { registry: 'ghcr.io', repository: 'acme/app', tag: 'v1', digest: `sha256:${HEX}` },
    ],
    ['[::1]:5000/app', { registry: '[::1]:5000', repository: 'app' }],
    // No host without a dot, a port or an upper-case letter.
    ['registry/app', { registry: 'docker.io', repository: 'registry/app' }],
    ['REGISTRY/app', { registry: 'REGISTRY', repository: 'app' }],
  ])('reads %s', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  it.each([
    ['', 'an image reference is empty'],
    ['node :22', '"node :22" has white space in it'],
    ['https://ghcr.io/a/b', '"https://ghcr.io/a/b" is an address: write it without "https://"'],
    ['ghcr.io/Acme/app', '"ghcr.io/Acme/app" has upper-case letters: a repository is written in lower case'],
    ['-x.io/app', '"-x.io/app" has no valid host before its first slash'],
    ['ghcr.io/', '"ghcr.io/" has no name'],
    [HEX, `"${HEX}" is the id of an image, not its name`],
    [
      'ghcr.io/a/__b',
      '"ghcr.io/a/__b" is not an image name: its parts are lower-case letters and digits, with single ".", "_", "__" or dashes between them',
    ],
    [
      'ghcr.io/a/b:-1',
      '"ghcr.io/a/b:-1" has the tag "-1": a tag is at most 128 letters, digits, ".", "_" and "-", and starts with none of "." and "-"',
    ],
    [
      'ghcr.io/a/b@sha256:12',
      '"ghcr.io/a/b@sha256:12" has no usable digest: expected sha256: and 64 lower-case hex digits, got 2 digits',
    ],
    [
      `ghcr.io/a/b@sha256:${HEX.toUpperCase()}`,
      `"ghcr.io/a/b@sha256:${HEX.toUpperCase()}" has no usable digest: expected sha256: and 64 lower-case hex digits, got "sha256:${HEX.toUpperCase()}"`,
    ],
  ])('refuses %j', (text, expected) => {
    expect(message(() => parseReference(text))).toBe(expected);
  });

  it('reads what formatReference writes', () => {
    const component = fc.stringMatching(/^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/);
    const registry = fc.constantFrom('docker.io', 'ghcr.io', 'localhost:5000', '[::1]:5000', '127.0.0.1');
    const repository = fc.array(component, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/'));
    const tag = fc.option(fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,30}$/), { nil: undefined });
    fc.assert(
      fc.property(registry, repository, tag, fc.boolean(), (...[host, name, version, pinned]) => {
        fc.pre(name.length < 255);
        const reference = {
          registry: host,
          repository: name,
          ...(version === undefined ? {} : { tag: version }),
          ...(pinned ? { digest: `sha256:${HEX}` } : {}),
        };
        expect(parseReference(formatReference(reference))).toEqual(reference);
      }),
    );
  });

  it('never throws anything but InvalidReference', () => {
    fc.assert(fc.property(fc.string(), (text) => message(() => parseReference(text)) !== ''));
  });
});

describe('parseImageName', () => {
  it('T09 a tag or a digest in an image name is an error that says so', () => {
    expect(parseImageName('ghcr.io/org/app')).toEqual({ registry: 'ghcr.io', repository: 'org/app' });
    expect(message(() => parseImageName('ghcr.io/org/app:latest'))).toBe(
      '"ghcr.io/org/app:latest" has the tag "latest": write the name of the image alone, "ghcr.io/org/app"',
    );
    expect(message(() => parseImageName(`app@sha256:${HEX}`))).toBe(
      `"app@sha256:${HEX}" has a digest: write the name of the image alone, "app"`,
    );
    expect(message(() => parseImageName(`app:1@sha256:${HEX}`))).toBe(
      `"app:1@sha256:${HEX}" has a tag and a digest: write the name of the image alone, "app"`,
    );
    expect(message(() => parseImageName('localhost:5000'))).toBe(
      '"localhost:5000" has the tag "5000": write the name of the image alone, "localhost", or after a port its path, "localhost:5000/app"',
    );
  });
});

describe('isTag, isDigest', () => {
  it('know the grammar', () => {
    expect(['v1', '_', '1.0-rc.1', 'A'.repeat(TAG_MAX)].every(isTag)).toBe(true);
    expect(['', '-a', '.a', 'a/b', 'a+b', 'ä', 'a\n', 'A'.repeat(TAG_MAX + 1)].some(isTag)).toBe(false);
    expect([`sha256:${HEX}`, `sha512:${HEX}${HEX}`].every(isDigest)).toBe(true);
    expect([HEX, `sha256:${HEX}a`, `md5:${HEX}`, ''].some(isDigest)).toBe(false);
  });
});
