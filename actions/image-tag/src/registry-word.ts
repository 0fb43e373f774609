import type { Finding, Report, RowStatus, Run } from '@delivery-actions/action-kit';
import { formatReference, type ImageRegistry, parseImageName, RegistryFailure } from '@delivery-actions/oci';
import { type Clock, deadline } from '@delivery-actions/waiting';
import { existingWord } from './existing.ts';
import type { Inputs } from './inputs.ts';
import { jobRegistries, type TagOf } from './registries.ts';
import type { DerivedTags } from './tags.ts';
import { type Released, releasedBy } from './upward.ts';
import { verifiedWord } from './verified.ts';

/** What a registry says of a tag, or of one platform of its image. */
export interface RegistryRow {
  /** `ghcr.io/acme/app:v1`, or `linux/amd64`. */
  readonly name: string;
  readonly digest: string | null;
  readonly says: string;
  readonly status: RowStatus;
}

/** What the registries say, and what may be handed out by it. */
export interface RegistryWord {
  readonly rows: readonly RegistryRow[];
  readonly findings: readonly Finding[];
  readonly verdict: string;
  /** Absent when that was not asked. */
  readonly exists?: boolean;
  readonly digest?: string;
  /** The tags that name the digest. */
  readonly named: readonly TagOf[];
}

/** What an image has to be. */
export interface Promised {
  /** Its label `org.opencontainers.image.revision`. */
  readonly revision: string;
  /** By `platformName`; none when any will do. */
  readonly platforms: readonly string[];
}

export interface RegistryQuestions extends Disposable {
  /** What the registries' tags say of other releases, if a tag of this run moves by its version. */
  released(derived: DerivedTags): Promise<{ readonly released?: Released; readonly findings: readonly Finding[] }>;
  /** `held` are tags that this run would have without the word of the registries. */
  word(derived: DerivedTags, held: readonly string[], revision: string): Promise<RegistryWord>;
}

/** Everything that this run asks of registries, under one deadline. */
export function askRegistries(run: Run, inputs: Inputs, images: readonly string[], clock: Clock): RegistryQuestions {
  const end = deadline(clock, inputs.timeout, run.signal);
  const registry = jobRegistries(run, clock, end);
  const tagsOf = (tags: readonly string[]) => images.flatMap((image) => tags.map((tag): TagOf => ({ image, tag })));
  return {
    async released({ moving, immutable }) {
      if (moving === undefined) return { findings: [] };
      const { references, findings } = await listedTags(registry, images);
      const witness = immutable.find((tag) => tag.includes(moving.version.version));
      const released = findings.length > 0 ? undefined : releasedBy(references, moving, witness);
      return { findings, ...(released === undefined ? {} : { released }) };
    },
    word({ tags, immutable }, held, revision) {
      const promised = { revision, platforms: inputs.platforms };
      const { verify, exists } = inputs;
      if (verify !== undefined)
        return verifiedWord(verify, tagsOf(tags), tagsOf(held), promised, { registry, clock, end, signal: run.signal });
      return existingWord(exists === 'reuse' ? 'reuse' : 'fail', tagsOf(immutable), promised, registry);
    },
    [Symbol.dispose]: () => end[Symbol.dispose](),
  };
}

/** Not to know them is no reason to fail: then the git tags decide alone, as they do where no registry is asked. */
async function listedTags(registry: ImageRegistry, images: readonly string[]) {
  const findings: Finding[] = [];
  const lists = await Promise.all(
    images.map(async (image) => {
      try {
        const tags = await registry.tags(parseImageName(image));
        return tags.map((tag) => ({ tag, reference: `${image}:${tag}` }));
      } catch (failure) {
        if (!(failure instanceof RegistryFailure)) throw failure;
        findings.push({
          level: 'warning',
          title: 'Tags of the registry are not known',
          message: `What was released as ${formatReference(parseImageName(image))} is not known from its tags: ${failure.message}.`,
          hint: failure.hint,
        });
        return [];
      }
    }),
  );
  return { references: lists.flat(), findings };
}

export function registryReport({ rows, findings, verdict }: RegistryWord): Report<RegistryRow> {
  return {
    heading: 'In the registry',
    rows,
    columns: [
      { name: 'Reference', cell: ({ name }) => name },
      { name: 'Digest', cell: ({ digest }) => digest ?? '-' },
      { name: 'What it is', cell: ({ says }) => says },
    ],
    status: ({ status }) => status,
    findings,
    verdict: { passed: findings.every(({ level }) => level !== 'error'), text: verdict },
  };
}
