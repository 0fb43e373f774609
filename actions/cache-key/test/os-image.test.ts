import { release } from 'node:os';
import { describe, expect, it } from 'vitest';
import { architecture, dockerPlatform, osImage } from '../src/os-image.ts';

const DEBIAN = { value: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n' };

describe('osImage', () => {
  it('is what the runner calls its image', () => {
    expect(osImage({ ImageOS: 'ubuntu24' }, DEBIAN)).toBe('ubuntu24');
  });

  it('is the distribution and its version in a container or on a runner of one`s own', () => {
    expect(osImage({}, DEBIAN)).toBe('debian12');
    expect(osImage({ ImageOS: '' }, { value: "ID='alpine'\r\nVERSION_ID=3.20.1\r\n" })).toBe('alpine3.20.1');
    expect(osImage({}, { value: 'ID=arch\nBUILD_ID=rolling\n' })).toBe('archrolling');
  });

  it('is the system and its version where there is neither', () => {
    expect(osImage({ RUNNER_OS: 'macOS' }, { missing: true })).toBe(`macOS${release()}`);
  });
});

describe('architecture', () => {
  it('is the runner`s, and the platform that BuildKit calls so', () => {
    expect(architecture({ RUNNER_ARCH: 'ARM64' })).toBe('arm64');
    expect(['x64', 'arm64', 'arm'].map(dockerPlatform)).toEqual(['linux/amd64', 'linux/arm64', 'linux/arm/v7']);
  });
});
