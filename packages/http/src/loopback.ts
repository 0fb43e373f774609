/** `localhost`, `*.localhost`, 127.0.0.0/8 and `[::1]` never leave the machine (RFC 6761, section 6.3). */
export function isLoopback(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[?::1\]?)$/i.test(host);
}
