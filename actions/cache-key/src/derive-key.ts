import { type Run, UserError } from '@delivery-actions/action-kit';
import type { Registry } from '@delivery-actions/oci';
import type { FilePattern } from './file-pattern.ts';
import { type Git, gitCheckout } from './git.ts';
import type { Inputs } from './inputs.ts';
import { type CacheKey, cacheKey, type Gathered, type Part, part } from './key.ts';
import { lockfileParts } from './lockfiles.ts';
import { architecture, dockerPlatform, osImage } from './os-image.ts';

export interface DerivedKey extends CacheKey {
  /** Everything that the key depends on. */
  readonly parts: readonly Part[];
}

/** Gathers the parts and makes the key of them. Throws one UserError with everything that is wrong. */
export async function deriveKey(run: Run, inputs: Inputs, registry: Registry | undefined): Promise<DerivedKey> {
  const { workspace, env, signal } = run;
  const git = gitCheckout({ workspace, env, signal });
  const os = osImage(env);
  const arch = architecture(env);

  const lockfiles = await lockfileParts(inputs.lockfiles, workspace, git);
  const images = await imageParts(run, inputs.dockerfiles, { git, platform: dockerPlatform(arch), registry });
  signal.throwIfAborted();
  const problems = new Map([...lockfiles.problems, ...images.problems].map((each) => [each.message, each]));
  if (problems.size > 0) throw UserError.all([...problems.values()]);

  const parts = [
    part('os-image', 'os', os),
    part('architecture', 'arch', arch),
    ...inputs.toolchain.map(({ name, version }) => part('toolchain', name, version)),
    ...inputs.environment.map((name) => part('environment', name, env[name] ?? null)),
    ...images.parts,
    ...lockfiles.parts,
  ];
  return { ...cacheKey(inputs.prefix, os, arch, parts), parts };
}

/** Most keys ask no registry, so most runs do not load what would. */
async function imageParts(
  run: Run,
  dockerfiles: readonly FilePattern[],
  { git, platform, registry }: { git: Git; platform: string; registry: Registry | undefined },
): Promise<Gathered> {
  if (dockerfiles.length === 0) return { parts: [], problems: [] };
  const { baseImageParts, jobRegistry } = await import('./base-images.ts');
  const { workspace, line } = run;
  return baseImageParts(dockerfiles, { workspace, git, platform, registry: registry ?? jobRegistry(run), line });
}
