import type { Run } from '@delivery-actions/action-kit';
import { type Clock, systemClock } from '@delivery-actions/waiting';
import { creationTime } from './creation-time.ts';
import { gitRef } from './git-ref.ts';
import { parseInputs } from './inputs.ts';
import { imageLabels, labelLines } from './labels.ts';
import { tagReport } from './report.ts';
import type { Hash } from './tag-grammar.ts';
import { deriveTags } from './tags.ts';

export async function main(run: Run, clock: Clock = systemClock): Promise<void> {
  const { images, rules, shaLength } = parseInputs(run.inputs);
  const { commit } = run.context;
  const created = creationTime(run.env.SOURCE_DATE_EPOCH, clock);

  const derived = deriveTags(rules, { commit, shaLength, ref: gitRef(run.context), hash: await sha256() });
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

/** Takes 4 ms to load, which a run that ends at its inputs does not pay. */
async function sha256(): Promise<Hash> {
  const { hash } = await import('node:crypto');
  return (text) => hash('sha256', text);
}
