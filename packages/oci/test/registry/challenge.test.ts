import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../src/registry/challenge.ts';

describe('parseChallenges', () => {
  it.each([
    ['Basic realm="ecr"', [{ scheme: 'basic', parameters: { realm: 'ecr' } }]],
    [
      'Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://auth.example/token', service: 'registry', scope: 'repository:a/b:pull,push' },
        },
      ],
    ],
    [
      'Bearer realm="https://codeberg.org/v2/token",service="container_registry",scope="*",Basic realm="https://codeberg.org/v2"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://codeberg.org/v2/token', service: 'container_registry', scope: '*' },
        },
        { scheme: 'basic', parameters: { realm: 'https://codeberg.org/v2' } },
      ],
    ],
    [
      'Negotiate, basic Realm = plain , x="a \\"b\\""',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'plain', x: 'a "b"' } },
      ],
    ],
    ['', []],
    ['realm="without a scheme"', []],
  ])('reads %s', (header, expected) => {
    expect(parseChallenges(header)).toEqual(expected);
  });
});
