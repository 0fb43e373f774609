import { type InputReader, UserError } from '@delivery-actions/action-kit';
import { InvalidReference, parseImageName } from '@delivery-actions/oci';
import { parseRule } from './rule.ts';

export function parseInputs(read: InputReader) {
  return read.complete({
    images: [...new Set(read.lines('images', imageName, { example: 'ghcr.io/${{ github.repository }}' }))],
    rules: read.lines('tags', parseRule, { example: 'type=sha' }),
    shaLength: read.integer('sha-length', { min: 7, max: 40 }),
  });
}

/** Lower-cased: registries know no upper-case names, and `${{ github.repository }}` may well have them. */
function imageName(given: string): string {
  const name = given.toLowerCase();
  try {
    parseImageName(name);
    return name;
  } catch (error) {
    if (error instanceof InvalidReference) throw new UserError(error.message, { cause: error });
    throw error;
  }
}
