import type { InputReader } from '@delivery-actions/action-kit';
import { flavorOf, parseFlavor } from './flavor.ts';
import { parseImages } from './image.ts';
import { parseRule } from './rule.ts';

export type Inputs = ReturnType<typeof parseInputs>;

export function parseInputs(read: InputReader) {
  return read.complete({
    images: read.lines('images', parseImages, { example: 'ghcr.io/${{ github.repository }}' }).flat(),
    rules: read.lines('tags', parseRule, { example: 'type=sha' }),
    flavor: flavorOf(read.optionalLines('flavor', parseFlavor)),
    shaLength: read.integer('sha-length', { min: 7, max: 40 }),
  });
}
