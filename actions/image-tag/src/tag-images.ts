import type { Finding, Run } from '@delivery-actions/action-kit';
import type { Clock } from '@delivery-actions/waiting';
import { hasLevel, leveledAnnotations } from './annotations.ts';
import { writeBakeFiles } from './bake.ts';
import { checkoutFindings, chosenCommit } from './commit.ts';
import { creationTime } from './creation-time.ts';
import type { Checkout, Git } from './git.ts';
import { type GitRef, gitRef } from './git-ref.ts';
import { enabledNames } from './image.ts';
import type { Inputs } from './inputs.ts';
import { imageLabels, labelLines, type Pair, pairsOf } from './labels.ts';
import type { RegistryWord } from './registry-word.ts';
import { tagReport } from './report.ts';
import { baseRef, commitDate, defaultBranch } from './source.ts';
import { variableFindings } from './switch-over.ts';
import { deriveTags } from './tags.ts';
import type { GitTags } from './upward.ts';
import { semverReader } from './version.ts';
import { fill, type TagSource } from './wanted.ts';

/** What a run asks besides its own context. */
export interface Sources {
  readonly clock: Clock;
  readonly git: Git;
  /** What is being asked of git already. */
  readonly checkout: Promise<Checkout | undefined>;
}

/** Everything after the inputs: tags and labels, the report, the outputs. */
export async function tagImages(run: Run, inputs: Inputs, { clock, git, checkout: looking }: Sources): Promise<void> {
  const images = enabledNames(inputs.images);
  // What the event's ref will need of git is asked for at the same time.
  const early = inputs.context === 'workflow' && mayBeVersion(inputs, gitRef(run.context)) ? git.tags() : undefined;
  const [checkout, earlyTags] = await Promise.all([looking, early]);
  const { commit, ref } = chosenCommit(inputs, run.context, checkout);
  const created = creationTime(run.env.SOURCE_DATE_EPOCH, clock);
  const source = await tagSource(run, inputs, { commit, ref, created, clock, git, gitTags: earlyTags });
  const custom = { labels: pairsOf('labels', inputs.labels), annotations: pairsOf('annotations', inputs.annotations) };

  let derived = deriveTags(inputs.rules, inputs.flavor, source, inputs);
  // Most runs ask no registry, and load nothing of what that takes.
  using registries = asksRegistries(inputs)
    ? (await import('./registry-word.ts')).askRegistries(run, inputs, images, clock)
    : undefined;
  const { released, findings: unlisted = [] } = (await registries?.released(derived)) ?? {};
  const before = derived.tags;
  if (released !== undefined) derived = deriveTags(inputs.rules, inputs.flavor, { ...source, released }, inputs);
  const findings: readonly Finding[] = [
    ...variableFindings(run.env),
    ...checkoutFindings(commit, checkout, run.context, inputs.strict),
    ...custom.labels.findings,
    ...custom.annotations.findings,
    ...derived.findings,
    ...unlisted,
  ];
  const report = tagReport({ ...derived, findings }, images, { commit, sha: run.context.sha });
  await run.report(report);
  const [version] = derived.tags;
  if (version === undefined || !report.verdict.passed) return;

  const filled = (pairs: readonly Pair[]) =>
    pairs
      .map(({ key, value }) => ({ key: fill(key, source), value: fill(value, source) }))
      .filter(({ key }) => key !== '');
  const known = (pairs: readonly Pair[]) => imageLabels({ ...run.context, commit }, { version, created }, pairs);
  const labels = known(filled(custom.labels.pairs));
  const held = before.filter((tag) => !derived.tags.includes(tag));
  const word = await registries?.word(derived, held, labels['org.opencontainers.image.revision'] ?? commit);
  if (word !== undefined) {
    const { registryReport } = await import('./registry-word.ts');
    const told = registryReport(word);
    await run.report(told);
    if (!told.verdict.passed) return;
  }

  const tags = images.flatMap((image) => derived.tags.map((tag) => `${image}:${tag}`));
  const ownAnnotations = filled(custom.annotations.pairs);
  const annotations = leveledAnnotations(
    known(ownAnnotations.filter((pair) => !hasLevel(pair))),
    ownAnnotations.filter(hasLevel),
    inputs.annotationLevels,
  );
  const bake = { target: inputs.bakeTarget, images, version, tags, labels, annotations };
  const files = writeBakeFiles(bake, run.env.RUNNER_TEMP);
  const stored = handedOut(word, derived.immutable);
  run.outputs({
    tags: tags.join(inputs.separators.tags),
    'tag-names': derived.tags.join(inputs.separators.tags),
    version,
    revision: commit,
    labels: labelLines(labels).join(inputs.separators.labels),
    annotations: annotations.join(inputs.separators.annotations),
    exists: stored.exists ?? '',
    digest: stored.digest ?? '',
    refs: stored.refs.join('\n'),
    'deploy-ref': stored['deploy-ref'] ?? '',
    json: JSON.stringify({
      version,
      revision: commit,
      tags,
      'tag-names': derived.tags,
      labels,
      annotations,
      ...(word === undefined ? {} : stored),
      rules: derived.rows,
    }),
    'bake-file': files['bake-file'],
    'bake-file-tags': files['bake-file-tags'],
    'bake-file-labels': files['bake-file-labels'],
    'bake-file-annotations': files['bake-file-annotations'],
  });
}

function asksRegistries({ exists, verify }: Inputs): boolean {
  return exists !== 'ignore' || verify !== undefined;
}

/** What the registries' word gives away: references that hold by their digest, and the one of them that says most by its tag. */
function handedOut(word: RegistryWord | undefined, immutable: readonly string[]) {
  const { exists, digest, named = [] } = word ?? {};
  const pinned = digest === undefined ? [] : named.map((of) => ({ ...of, ref: `${of.image}:${of.tag}@${digest}` }));
  const deploy = pinned.find(({ tag }) => immutable.includes(tag)) ?? pinned[0];
  return {
    ...(exists === undefined ? {} : { exists }),
    ...(digest === undefined ? {} : { digest }),
    refs: pinned.map(({ ref }) => ref),
    ...(deploy === undefined ? {} : { 'deploy-ref': deploy.ref }),
  };
}

interface Given extends Omit<Sources, 'checkout'> {
  readonly commit: string;
  readonly ref: GitRef;
  readonly created: Date;
  /** When they are known already. */
  readonly gitTags: GitTags;
}

/** All that the rules may ask for; what costs a look at git only when one of them does. */
async function tagSource(
  { context }: Run,
  inputs: Inputs,
  { commit, ref, created, clock, git, gitTags: known }: Given,
): Promise<TagSource> {
  const { rules, flavor, labels, annotations, shaLength } = inputs;
  const written = JSON.stringify([flavor, rules.map(({ line }) => line), labels, annotations]);
  const asksBranch = /_default_branch|edge/.test(written);
  const version = mayBeVersion(inputs, ref);
  const [branch, date, gitTags] = await Promise.all([
    asksBranch ? defaultBranch(context, ref, git) : undefined,
    written.includes('commit_date') ? commitDate(context, commit, git) : undefined,
    known ?? (version ? git.tags() : undefined),
  ]);
  return {
    commit,
    shaLength,
    ref,
    created,
    eventName: context.eventName,
    now: new Date(clock.now()),
    baseRef: baseRef(context),
    ...(branch === undefined ? {} : { defaultBranch: branch }),
    ...(gitTags === undefined ? {} : { gitTags }),
    ...(date === undefined ? {} : { commitDate: date }),
    semver: version && rules.some(({ type }) => type === 'semver') ? await semverReader() : () => undefined,
    // Takes 4 ms to load, and few names need it.
    hash: (text) => process.getBuiltinModule('node:crypto').hash('sha256', text),
  };
}

/** Whether a tag may be of a version, so that other versions decide about tags that move. */
function mayBeVersion({ rules }: Inputs, { kind }: GitRef): boolean {
  return kind === 'tag' || rules.some((rule) => 'value' in rule && rule.type !== 'raw' && rule.value !== '');
}
