import { join } from 'node:path';
import type { Finding, Run } from '@delivery-actions/action-kit';
import { exchangeText, httpClient } from '@delivery-actions/http';
import {
  type BaseImage,
  baseImages,
  dockerCredentials,
  formatReference,
  type ImageReference,
  ociRegistry,
  type Registry,
  RegistryFailure,
} from '@delivery-actions/oci';
import { contentText } from './content.ts';
import type { FilePattern } from './file-pattern.ts';
import { findFiles } from './files.ts';
import type { Git } from './git.ts';
import { type Gathered, type Part, part } from './key.ts';

type Place = BaseImage & { readonly file: string };

interface Surroundings {
  readonly workspace: string;
  /** `linux/amd64` */
  readonly platform: string;
  readonly git: Git;
  readonly registry: Registry;
  /** Says a line in the log. */
  readonly line: (text: string) => void;
}

/** How many registries' answers are awaited at one time. */
const AT_ONCE = 8;

/** The registries of this job, with the credentials that `docker login` left. */
export function jobRegistry(run: Run): Registry {
  const http = httpClient({
    signal: run.signal,
    observe: (exchange) => run.debug(exchangeText(exchange)),
  });
  const mask = (secret: string) => run.mask(secret);
  return ociRegistry({ http, mask, credentials: dockerCredentials({ env: run.env, mask, signal: run.signal }) });
}

/** A part for each image that a build of the Dockerfiles pulls: its name, and what the name stands for now. */
export async function baseImageParts(
  patterns: readonly FilePattern[],
  { workspace, platform, git, registry, line: tell }: Surroundings,
): Promise<Gathered> {
  const { paths, problems: unmatched } = await findFiles('dockerfiles', patterns, git);
  const problems: Finding[] = [...unmatched];
  const places = new Map<string, Place>();
  for (const file of paths) {
    const content = contentText(join(workspace, file));
    if (!('value' in content)) {
      const reason = 'reason' in content ? `cannot be read: ${content.reason}` : 'is not there';
      const hint = 'check the path under "dockerfiles:", from the root of the checkout';
      problems.push({ level: 'error', file, message: `${file} ${reason}.`, hint });
      continue;
    }
    const { images, problems: bad, unreached } = baseImages(content.value, { platform });
    for (const { line, message, hint } of bad)
      problems.push({
        level: 'error',
        file,
        line,
        message: `${file}:${line}: ${message}.`,
        ...(hint === undefined ? {} : { hint }),
      });
    for (const { stage, line } of unreached)
      tell(`${file}:${line}: stage "${stage}" is not part of the last stage, so its images do not count`);
    for (const image of images) {
      const name = formatReference(image.reference);
      if (!places.has(name)) places.set(name, { ...image, file });
    }
  }

  const asked = [...places.values()].filter(({ reference }) => reference.digest === undefined).length;
  if (asked > 0) tell(`Asking for the digest of ${asked === 1 ? '1 base image' : `${asked} base images`}`);
  const answers = await resolved([...places.values()], registry);
  const parts = answers.flatMap((answer) => ('digest' in answer ? [imagePart(answer.reference, answer.digest)] : []));
  for (const answer of answers) if ('failure' in answer) problems.push(finding(answer, answer.failure));
  return { parts, problems };
}

type Answer = Place & ({ readonly digest: string } | { readonly failure: RegistryFailure });

async function resolved(places: readonly Place[], registry: Registry): Promise<Answer[]> {
  const { default: pMap } = await import('p-map');
  return pMap(
    places,
    async (place): Promise<Answer> => {
      try {
        return { ...place, digest: await registry.digest(place.reference) };
      } catch (failure) {
        if (failure instanceof RegistryFailure) return { ...place, failure };
        throw failure;
      }
    },
    { concurrency: AT_ONCE },
  );
}

/** The name with the tag that was meant; a digest in it says the same as the value. */
function imagePart({ registry, repository, tag, digest }: ImageReference, value: string): Part {
  const meant = tag ?? (digest === undefined ? 'latest' : undefined);
  return part(
    'base-image',
    formatReference({ registry, repository, ...(meant === undefined ? {} : { tag: meant }) }),
    value,
  );
}

function finding({ file, line, by, image }: Place, { message, hint }: RegistryFailure): Finding {
  return {
    level: 'error',
    title: `Base image ${image}`,
    file,
    line,
    message: `${file}:${line}: ${by} ${image}: ${message}.`,
    hint,
  };
}
