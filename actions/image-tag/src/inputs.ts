import { type InputReader, UserError } from '@delivery-actions/action-kit';
import { isDigest, platformName } from '@delivery-actions/oci';
import { parseLevels } from './annotations.ts';
import { flavorOf, parseFlavor } from './flavor.ts';
import { parseImages } from './image.ts';
import { parsePair } from './labels.ts';
import { parseRule } from './rule.ts';

export type Inputs = ReturnType<typeof parseInputs>;

export function parseInputs(read: InputReader) {
  const values = {
    images: read.lines('images', parseImages, { example: 'ghcr.io/${{ github.repository }}' }).flat(),
    rules: read.lines('tags', parseRule, { example: 'type=sha' }),
    flavor: flavorOf(read.optionalLines('flavor', parseFlavor)),
    shaLength: read.integer('sha-length', { min: 7, max: 40 }),
    shaSource: read.choice('sha-source', ['head', 'event', 'checkout']),
    context: read.choice('context', ['workflow', 'git']),
    strict: read.boolean('strict'),
    collisions: read.choice('collisions', ['warn', 'hash']),
    policy: read.choice('policy', ['any', 'production']),
    exists: read.choice('exists', ['ignore', 'reuse', 'fail']),
    verify: pushedDigest(read),
    platforms: read.optionalLines('platforms', parsePlatforms).flat(),
    timeout: read.duration('timeout'),
    labels: read.optionalLines('labels', parsePair),
    annotations: read.optionalLines('annotations', parsePair),
    annotationLevels: read.parsed('annotation-levels', parseLevels, { example: 'manifest' }),
    separators: {
      tags: read.verbatim('sep-tags') || '\n',
      labels: read.verbatim('sep-labels') || '\n',
      annotations: read.verbatim('sep-annotations') || '\n',
    },
    bakeTarget: read.text('bake-target', { example: 'docker-metadata-action' }),
  };
  return read.complete(values, ({ exists, verify, timeout }) => {
    if (exists !== 'ignore' && verify !== undefined)
      read.problem(
        'verify',
        `Input "verify" is for after the push, and "exists: ${exists}" for before the build: one step cannot do both.`,
        'use this action in two steps, with the same "images:" and "tags:"',
      );
    if (timeout < SHORTEST_TIMEOUT)
      read.problem('timeout', 'Input "timeout" is shorter than a second, in which no registry answers.');
  });
}

/** Milliseconds. */
const SHORTEST_TIMEOUT = 1_000;

/**
 * An empty value is what an output of a step gives that was skipped or has another id: then nothing was pushed that could be
 * verified, which must not look as if nobody had asked.
 */
function pushedDigest(read: InputReader): string | undefined {
  const text = read.optionalText('verify');
  if (text === 'none') return undefined;
  if (text === undefined)
    read.problem(
      'verify',
      'Input "verify" is empty: there is no digest of a push that could be verified.',
      'did the step that pushes run, and is its id right? Write:\nverify: ${{ steps.push.outputs.digest }}',
    );
  else if (!isDigest(text))
    read.problem(
      'verify',
      `Input "verify" is "${text}": expected sha256: and 64 lower-case hex digits, or none.`,
      'docker/build-push-action hands it out:\nverify: ${{ steps.push.outputs.digest }}',
    );
  return text;
}

/** `linux/amd64,linux/arm64` */
function parsePlatforms(line: string): readonly string[] {
  return line
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      if (/^[a-z0-9]+\/[a-z0-9_]+(?:\/v?[0-9]+)?$/i.test(text)) return platformName(text);
      throw new UserError(
        `"${text}" is not a platform: expected os/architecture, such as linux/amd64 or linux/arm/v7.`,
      );
    });
}
