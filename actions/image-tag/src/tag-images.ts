import type { Run } from '@delivery-actions/action-kit';
import type { Clock } from '@delivery-actions/waiting';
import { creationTime } from './creation-time.ts';
import type { Git } from './git.ts';
import { gitRef } from './git-ref.ts';
import { enabledNames } from './image.ts';
import type { Inputs } from './inputs.ts';
import { imageLabels, labelLines } from './labels.ts';
import { tagReport } from './report.ts';
import { baseRef, commitDate, defaultBranch } from './source.ts';
import type { Hash } from './tag-grammar.ts';
import { deriveTags } from './tags.ts';
import { semverReader } from './version.ts';

export { gitCheckout } from './git.ts';

/** What a run asks besides its own context. */
export interface Sources {
  readonly clock: Clock;
  readonly git: Git;
}

/** Everything after the inputs: tags and labels, the report, the outputs. */
export async function tagImages(run: Run, inputs: Inputs, { clock, git }: Sources): Promise<void> {
  const { images: given, rules, flavor, shaLength } = inputs;
  const images = enabledNames(given);
  const { commit, eventName } = run.context;
  const created = creationTime(run.env.SOURCE_DATE_EPOCH, clock);
  const ref = gitRef(run.context);
  const written = `${JSON.stringify(flavor)}${rules.map(({ line }) => line).join('\n')}`;

  const derived = deriveTags(rules, flavor, {
    ...{ commit, shaLength, ref, eventName, created, now: new Date(clock.now()), baseRef: baseRef(run.context) },
    ...known('defaultBranch', await defaultBranch(run.context, ref, git)),
    ...known('commitDate', written.includes('commit_date') ? await commitDate(run.context, commit, git) : undefined),
    semver: rules.some(({ type }) => type === 'semver') ? await semverReader() : () => undefined,
    hash: await sha256(),
  });
  await run.report(tagReport(derived, images, run.context));
  const [version] = derived.tags;
  if (version === undefined) return;

  const references = images.flatMap((image) => derived.tags.map((tag) => `${image}:${tag}`));
  const labels = imageLabels(run.context, { version, created });
  run.outputs({
    tags: references.join('\n'),
    version,
    revision: commit,
    labels: labelLines(labels),
    json: JSON.stringify({
      version,
      revision: commit,
      tags: references,
      'tag-names': derived.tags,
      labels,
      rules: derived.rows,
    }),
  });
}

function known<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

/** Takes 4 ms to load, which a run that ends at its inputs does not pay. */
async function sha256(): Promise<Hash> {
  const { hash } = await import('node:crypto');
  return (text) => hash('sha256', text);
}
