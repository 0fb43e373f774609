import type { InputReader } from '@delivery-actions/action-kit';
import { parseLevels } from './annotations.ts';
import { flavorOf, parseFlavor } from './flavor.ts';
import { parseImages } from './image.ts';
import { parsePair } from './labels.ts';
import { parseRule } from './rule.ts';

export type Inputs = ReturnType<typeof parseInputs>;

export function parseInputs(read: InputReader) {
  return read.complete({
    images: read.lines('images', parseImages, { example: 'ghcr.io/${{ github.repository }}' }).flat(),
    rules: read.lines('tags', parseRule, { example: 'type=sha' }),
    flavor: flavorOf(read.optionalLines('flavor', parseFlavor)),
    shaLength: read.integer('sha-length', { min: 7, max: 40 }),
    shaSource: read.choice('sha-source', ['head', 'event', 'checkout']),
    context: read.choice('context', ['workflow', 'git']),
    strict: read.boolean('strict'),
    collisions: read.choice('collisions', ['warn', 'hash']),
    policy: read.choice('policy', ['any', 'production']),
    labels: read.optionalLines('labels', parsePair),
    annotations: read.optionalLines('annotations', parsePair),
    annotationLevels: read.parsed('annotation-levels', parseLevels, { example: 'manifest' }),
    separators: {
      tags: read.optionalText('sep-tags') ?? '\n',
      labels: read.optionalText('sep-labels') ?? '\n',
      annotations: read.optionalText('sep-annotations') ?? '\n',
    },
    bakeTarget: read.text('bake-target', { example: 'docker-metadata-action' }),
  });
}
