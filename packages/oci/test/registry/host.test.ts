import { isLoopback } from '@delivery-actions/http';
import { describe, expect, it } from 'vitest';
import { isPrivateAddress, registryOrigin } from '../../src/registry/host.ts';

describe('registryOrigin', () => {
  it.each([
    ['docker.io', 'https://registry-1.docker.io'],
    ['ghcr.io', 'https://ghcr.io'],
    ['registry.example:5000', 'https://registry.example:5000'],
    ['10.0.0.7:5000', 'https://10.0.0.7:5000'],
    ['localhost:5000', 'http://localhost:5000'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['[::1]:5000', 'http://[::1]:5000'],
    ['kind.localhost', 'http://kind.localhost'],
    // Not loopback, whatever it begins or ends with.
    ['127.0.0.1.example', 'https://127.0.0.1.example'],
    ['notlocalhost', 'https://notlocalhost'],
  ])('of %s is %s: plain http is for loopback only', (registry, origin) => {
    expect(registryOrigin(registry)).toBe(origin);
  });
});

describe('isPrivateAddress', () => {
  it('knows addresses that no public service has', () => {
    const inside = [
      '10.1.2.3',
      '127.0.0.1',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.9.9',
      '192.168.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '[::1]',
      '[fe80::1]',
      'fd12::1',
      '[::ffff:10.0.0.1]',
    ];
    expect(inside.filter((host) => !isPrivateAddress(host))).toEqual([]);
    expect(
      ['8.8.8.8', '172.32.0.1', '100.128.0.1', 'auth.docker.io', '[2606:4700::1]', '10.example'].filter(
        isPrivateAddress,
      ),
    ).toEqual([]);
    expect(isLoopback('127.8.9.1')).toBe(true);
  });
});
