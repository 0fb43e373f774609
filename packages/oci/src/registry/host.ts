import { isIP } from 'node:net';
import { isLoopback } from '@delivery-actions/http';

/** Docker Hub's traffic goes to another host than its images' names say. */
export function registryHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

/** Plain http is for loopback only. */
export function registryOrigin(registry: string): string {
  return `${isLoopback(hostOf(registry)) ? 'http' : 'https'}://${registryHost(registry)}`;
}

/** An address that names a machine of a private network, as no public registry's token service does (RFC 1918 and others). */
export function isPrivateAddress(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 4)
    return /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      bare,
    );
  return isIP(bare) === 6 && /^(?:::|f[cd]|fe[89ab])/i.test(bare);
}

/** The host of `host:port`. */
export function hostOf(registry: string): string {
  return registry.replace(/:\d+$/, '');
}
