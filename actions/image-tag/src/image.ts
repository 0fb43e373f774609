import { UserError } from '@delivery-actions/action-kit';
import { InvalidReference, parseImageName } from '@delivery-actions/oci';
import { allProblems, choice, type Problem, refuseStrangers } from './attributes.ts';
import { csvFields, unquotedLine } from './csv.ts';

export interface Image {
  readonly name: string;
  readonly enable: boolean;
}

/** One line of `images`: a name, several names, or `name=...,enable=...`. Throws a UserError with all that is wrong. */
export function parseImages(line: string): readonly Image[] {
  return allProblems((problem) => {
    const fields = csvFields(unquotedLine(line));
    const names = fields.filter((field) => !field.includes('='));
    const named = fields.filter((field) => field.includes('='));
    if (named.length === 0) return names.map((name) => ({ name: imageName(name, problem), enable: true }));
    const attributes = new Map<string, string>();
    for (const field of [...names.map((name) => `name=${name}`), ...named]) {
      const name = field.slice(0, field.indexOf('=')).trim().toLowerCase();
      if (attributes.has(name)) problem(`${name} is given twice.`, 'write one image a line');
      attributes.set(name, field.slice(field.indexOf('=') + 1).trim());
    }
    refuseStrangers('an image', ['name', 'enable'], attributes, problem);
    const name = attributes.get('name') ?? '';
    if (name === '') problem('name has no value.', 'write name=ghcr.io/org/app,enable=true');
    const enable = choice('enable', ['true', 'false'], attributes.get('enable') ?? 'true', problem) === 'true';
    return [{ name: name === '' ? '' : imageName(name, problem), enable }];
  });
}

/** Lower-cased: registries know no upper-case names, and `${{ github.repository }}` may well have them. */
function imageName(given: string, problem: Problem): string {
  const name = given.toLowerCase();
  try {
    parseImageName(name);
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error;
    problem(error.message);
  }
  return name;
}

/** Each enabled name once. Throws a UserError when there is none. */
export function enabledNames(images: readonly Image[]): readonly string[] {
  const names = new Set(images.filter(({ enable }) => enable).map(({ name }) => name));
  if (names.size === 0)
    throw new UserError('Every image has enable=false, so there is nothing to tag.', {
      hint: 'skip the step with "if:" instead, or let one image be enabled',
    });
  return [...names];
}
