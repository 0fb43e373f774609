import { type Attributes, allProblems, choice, readAttributes, refuseStrangers } from './attributes.ts';
import { unquotedLine } from './csv.ts';
import { checkTemplate } from './template.ts';

/** What all tags have in common, and when there is a `latest`. */
export interface Flavor {
  /** `auto`: when the first rule that gives a tag says so. */
  readonly latest: 'auto' | 'true' | 'false';
  readonly prefix: string;
  readonly prefixLatest: boolean;
  readonly suffix: string;
  readonly suffixLatest: boolean;
}

export const PLAIN: Flavor = { latest: 'auto', prefix: '', prefixLatest: false, suffix: '', suffixLatest: false };

/** `latest=false`, or `prefix=dev-,onlatest=true`: what one line of the `flavor` input says. Throws a UserError. */
export function parseFlavor(line: string): Partial<Flavor> {
  return allProblems((problem) => {
    let flavor: Partial<Flavor> = {};
    // onlatest belongs to the attribute before it, so a line with prefix and suffix may have two of them.
    for (const attributes of apart(unquotedLine(line), (part) => readAttributes(part, problem))) {
      refuseStrangers('flavor', ['latest', 'prefix', 'suffix', 'onlatest'], attributes, problem);
      const [prefix, suffix, latest] = ['prefix', 'suffix', 'latest'].map((name) => attributes.get(name));
      const given = attributes.get('onlatest');
      const onLatest = choice('onlatest', ['true', 'false'], given ?? 'false', problem) === 'true';
      if (attributes.has('onlatest') && prefix === undefined && suffix === undefined)
        problem('onlatest belongs to a prefix or a suffix.', 'write prefix=...,onlatest=true');
      for (const text of [prefix, suffix]) checkTemplate(text ?? '', problem);
      flavor = {
        ...flavor,
        ...(latest === undefined ? {} : { latest: choice('latest', ['auto', 'true', 'false'], latest, problem) }),
        ...(prefix === undefined ? {} : { prefix, ...(given === undefined ? {} : { prefixLatest: onLatest }) }),
        ...(suffix === undefined ? {} : { suffix, ...(given === undefined ? {} : { suffixLatest: onLatest }) }),
      };
    }
    return flavor;
  });
}

/** Later lines win. */
export function flavorOf(lines: readonly Partial<Flavor>[]): Flavor {
  return Object.assign({ ...PLAIN }, ...lines);
}

function apart(line: string, read: (part: string) => Attributes): Attributes[] {
  return line.split(/,(?=\s*(?:latest|prefix|suffix)\s*=)/i).map(read);
}
