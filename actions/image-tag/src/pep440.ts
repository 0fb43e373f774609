import type { Version } from './version.ts';

/** The grammar of PEP 440, appendix B (packaging.python.org, "Version specifiers"). */
const PEP440 = new RegExp(
  [
    /^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)/,
    /(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?/,
    /(?:-(?<bare>\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\d+)?)?/,
    /(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\d+)?)?/,
    /(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/,
  ]
    .map(({ source }) => source)
    .join(''),
  'i',
);
const PRE: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', preview: 'rc', pre: 'rc', c: 'rc' };

/** Normalised as PEP 440 says: `1.0-alpha.1` is `1.0a1`, `1.2post1` is `1.2.post1`. */
export function readPep440(text: string): Version | undefined {
  const parts = PEP440.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { epoch, release = '', pre, preNumber, bare, post, postNumber, dev, devNumber, local } = parts;
  const numbers = release.split('.').map(Number);
  const name = pre?.toLowerCase();
  const version = [
    epoch === undefined || Number(epoch) === 0 ? '' : `${Number(epoch)}!`,
    numbers.join('.'),
    name === undefined ? '' : `${PRE[name] ?? name}${Number(preNumber ?? 0)}`,
    bare === undefined && post === undefined ? '' : `.post${Number(bare ?? postNumber ?? 0)}`,
    dev === undefined ? '' : `.dev${Number(devNumber ?? 0)}`,
  ].join('');
  const [major = 0, minor = 0, patch = 0] = numbers;
  return {
    raw: text.replace(/\+.*$/, ''),
    version,
    major: String(major),
    minor: String(minor),
    patch: String(patch),
    final: [pre, bare, post, dev].every((part) => part === undefined),
    order: [Number(epoch ?? 0), ...numbers],
    ...(local === undefined ? {} : { metadata: local }),
  };
}
