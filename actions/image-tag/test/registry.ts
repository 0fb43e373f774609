import { pushIndex, type RegistryStandIn, startRegistry } from '@delivery-actions/stand-ins';
import { manualClock, runMain } from '@delivery-actions/testkit';
import type { Clock } from '@delivery-actions/waiting';
import type { Git } from '../src/git.ts';
import { main } from '../src/main.ts';
import { commits, push } from './events.ts';

export const SHA = commits.DEFAULT_BRANCH;
export const TAG = `sha-${SHA.slice(0, 12)}`;
export const PLATFORMS: readonly string[] = ['linux/amd64', 'linux/arm64'];

/** A clock that only pauses move: requests take no time, and the deadline comes when the pauses add up to it. */
export function pausesClock(): Clock {
  const clock = manualClock();
  return {
    now: clock.now,
    after(milliseconds, callback) {
      const cancel = clock.after(milliseconds, callback);
      // A minute is the deadline of these tests; what is shorter is a pause.
      if (milliseconds < 60_000) setImmediate(() => void clock.advance(milliseconds));
      return cancel;
    },
  };
}

/** Pushes an image of two platforms under that tag, as a build with the labels of that commit does, and answers its digest. */
export function build(
  registry: Pick<RegistryStandIn, 'url'>,
  {
    repository = 'acme/app',
    tag = TAG,
    revision = SHA,
    platforms = PLATFORMS,
    content = 'app',
    authorization = undefined as string | undefined,
  } = {},
) {
  const Labels = revision === '' ? {} : { 'org.opencontainers.image.revision': revision };
  const images = platforms.map((platform) => ({
    files: { app: `${content} ${platform}` },
    platform,
    config: { Labels },
  }));
  return pushIndex(registry.url, repository, tag, images, authorization === undefined ? {} : { authorization });
}

/** Runs the action for a push to main of that commit, or of a git tag. */
export function run(
  images: readonly string[],
  inputs: Readonly<Record<string, string>>,
  { ref = 'refs/heads/main', clock = pausesClock(), git = [] as readonly string[], env = {} } = {},
) {
  const known: Git = {
    checkout: async () => undefined,
    tags: async () => ({ names: git, complete: true }),
    commitDate: async () => undefined,
    defaultBranch: async () => undefined,
  };
  return runMain('image-tag', (step) => main(step, clock, known), {
    event: push(ref, SHA),
    env,
    inputs: { images: images.join('\n'), ...inputs },
  });
}

export type Ran = Awaited<ReturnType<typeof run>>;

export function shown({ annotations }: Ran): string[] {
  return annotations.map(({ level, message, hint }) => `${level}: ${message}${hint === undefined ? '' : ` | ${hint}`}`);
}

export function tagTo(registry: RegistryStandIn, repository: string, tag: string, digest: string): void {
  registry.repositories.get(repository)?.tags.set(tag, digest);
}

export { startRegistry };
