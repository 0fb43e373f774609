import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** An adapter: the one place that knows this outside system, here the file system. */
export interface Workspace {
  /** Those of the paths that are there. */
  present(paths: readonly string[]): Promise<ReadonlySet<string>>;
}

export function workspaceIn(folder: string): Workspace {
  return {
    async present(paths) {
      const found = await Promise.all(
        paths.map((path) =>
          access(join(folder, path)).then(
            () => [path],
            () => [],
          ),
        ),
      );
      return new Set(found.flat());
    },
  };
}
