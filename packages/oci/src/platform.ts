/** Other names of an architecture (containerd, platforms, `normalizeArch`), and 32-bit arm without its version. */
const ARCHITECTURES: ReadonlyMap<string, readonly [architecture: string, variant: string]> = new Map([
  ['x86_64', ['amd64', '']],
  ['x86-64', ['amd64', '']],
  ['aarch64', ['arm64', '']],
  ['i386', ['386', '']],
  ['arm', ['arm', 'v7']],
  ['armhf', ['arm', 'v7']],
  ['armel', ['arm', 'v6']],
]);

/**
 * A platform by the name that all ways to write it share, `linux/arm64`, `linux/arm/v7`: the variant that every machine of an
 * architecture has is left out.
 */
export function platformName(text: string): string {
  const [os = '', written = '', given = ''] = text.trim().toLowerCase().split('/');
  const [architecture, usual] = ARCHITECTURES.get(written) ?? [written, ''];
  const variant = (given || usual).replace(/^(?=\d)/, 'v');
  const plain = variant === '' || ['arm64/v8', 'amd64/v1'].includes(`${architecture}/${variant}`);
  return `${os}/${architecture}${plain ? '' : `/${variant}`}`;
}
