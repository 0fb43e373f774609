import { arch, release } from 'node:os';
import { type Content, contentText } from './content.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What programs are built for and against: `ubuntu24` on GitHub's runners (ImageOS), `debian12` in a container or on a
 * runner of one's own (os-release(5)), else the system's name and version. ImageVersion moves every week and is left out.
 */
export function osImage(env: Env, osRelease: Content<string> = contentText('/etc/os-release')): string {
  if (env.ImageOS) return env.ImageOS;
  const text = 'value' in osRelease ? osRelease.value : '';
  const field = (name: string) => new RegExp(`^${name}=(["']?)(.*)\\1\\s*$`, 'm').exec(text)?.[2] ?? '';
  if (field('ID') !== '')
    return `${field('ID')}${field('VERSION_ID') || field('VERSION_CODENAME') || field('BUILD_ID')}`;
  return `${env.RUNNER_OS ?? 'unknown'}${release()}`;
}

/** `x64`, `arm64`: RUNNER_ARCH in lower case. */
export function architecture(env: Env): string {
  return (env.RUNNER_ARCH || arch()).toLowerCase();
}

/** What BuildKit calls the platform of an architecture. */
export function dockerPlatform(architecture: string): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', x86: '386', arm: 'arm/v7' };
  return `linux/${names[architecture] ?? architecture}`;
}
