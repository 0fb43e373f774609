import type { Finding } from '@delivery-actions/action-kit';
import { type ImageName, type PlatformImage, parseImageName, RegistryFailure } from '@delivery-actions/oci';
import type { Failed } from './registries.ts';
import type { Promised, RegistryRow } from './registry-word.ts';

const REVISION = 'org.opencontainers.image.revision';

interface Read {
  /** The images behind the digest; what has one digest is the same in every registry. */
  readonly images: readonly PlatformImage[] | undefined;
  readonly rows: readonly RegistryRow[];
  readonly failed: readonly Failed[];
}

/**
 * Reads a digest where it has to be: in each registry, since one may have an index and lack what it names. `read` answers
 * undefined for one that does not even name the digest, which is told of elsewhere.
 */
export async function readImages(
  names: readonly string[],
  read: (name: ImageName, image: string) => Promise<readonly PlatformImage[] | undefined>,
): Promise<Read> {
  const failed: Failed[] = [];
  const all = await Promise.all(
    names.map(async (image) => {
      try {
        return await read(parseImageName(image), image);
      } catch (failure) {
        if (!(failure instanceof RegistryFailure)) throw failure;
        failed.push({ image, failure });
        return undefined;
      }
    }),
  );
  const images = all.find((each) => each !== undefined);
  const rows = (images ?? []).map(
    (image): RegistryRow => ({
      name: image.platform,
      digest: image.digest,
      status: 'passed',
      says: `built from commit ${revisionOf(image) ?? 'unknown'}`,
    }),
  );
  return { images, rows, failed };
}

/** What is wrong with the images behind a digest. */
export function promiseFindings(
  images: readonly PlatformImage[] | undefined,
  digest: string,
  { revision, platforms }: Promised,
  title: string,
): readonly Finding[] {
  if (images === undefined) return [];
  const has = images.map(({ platform }) => platform);
  const missing = platforms.filter((platform) => !has.includes(platform));
  const others = images.filter((image) => revisionOf(image) !== revision);
  const findings: Finding[] = [];
  if (images.length === 0)
    findings.push({
      level: 'error',
      title,
      message: `${digest} is an index without any image.`,
      hint: 'which step pushed it, and what did it build?',
    });
  if (missing.length > 0)
    findings.push({
      level: 'error',
      title,
      message: `${digest} has no image for ${missing.join(', ')}: it has ${has.join(', ') || 'none'}.`,
      hint: `build it for all of them, under "with:" of docker/build-push-action:\nplatforms: ${platforms.join(',')}`,
    });
  if (others.length > 0) {
    const said = others.map((image) => `${image.platform} ${revisionOf(image) ?? 'says nothing'}`);
    findings.push({
      level: 'error',
      title,
      message: `${digest} was not built from commit ${revision}, by its label ${REVISION}: ${said.join(', ')}.`,
      hint: `hand the labels to the build; where it gets none, those of the base image show:\nlabels: \${{ steps.tag.outputs.labels }}`,
    });
  }
  return findings;
}

/** The label; an image without it may have the annotation. */
function revisionOf({ labels, annotations }: PlatformImage): string | undefined {
  return labels[REVISION] || annotations[REVISION];
}
