import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What goes into the definition files of docker buildx bake. */
export interface BakeContent {
  readonly target: string;
  readonly images: readonly string[];
  readonly version: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: readonly string[];
}

export type BakeOutput = 'bake-file-tags' | 'bake-file-labels' | 'bake-file-annotations' | 'bake-file';

/** Writes the files into a new folder and answers their paths, by the output that names each. */
export function writeBakeFiles(
  content: BakeContent,
  temporary: string | undefined,
): Readonly<Record<BakeOutput, string>> {
  const folder = mkdtempSync(join(temporary || tmpdir(), 'image-tag-'));
  const paths = Object.entries(bakeDefinitions(content)).map(([name, definition]) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(definition, null, 2));
    return [name, path] as const;
  });
  return Object.fromEntries(paths) as Record<BakeOutput, string>;
}

/** In the form of docker/metadata-action's files, whose `bake-file` has tags and labels (its README, "Bake definition"). */
export function bakeDefinitions({ target, images, version, tags, labels, annotations }: BakeContent) {
  const args = { DOCKER_META_IMAGES: images.join(','), DOCKER_META_VERSION: version };
  const define = (content: object) => ({ target: { [target]: content } });
  return {
    'bake-file-tags': define({ tags, args }),
    'bake-file-labels': define({ labels }),
    'bake-file-annotations': define({ annotations }),
    'bake-file': define({ tags, labels, args }),
  } satisfies Record<BakeOutput, object>;
}
