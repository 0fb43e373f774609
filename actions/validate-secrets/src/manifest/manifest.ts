import { didYouMean, type Finding, UserError } from '@delivery-actions/action-kit';
import type { Path } from '@delivery-actions/located-yaml';
import { type BaseIssue, safeParse } from 'valibot';
import { asObject } from '../json-object.ts';
import { POLICIES, type Policy } from '../policy.ts';
import { parseRequest, type SecretRequest } from '../request.ts';
import { keysAt, manifestSchema, type PolicyText } from './manifest-schema.ts';
import { fault, type ManifestSource, manifestSource } from './manifest-source.ts';

interface Chosen {
  /** Relative to the workspace, as annotations name it. */
  readonly file: string;
  readonly environment: string;
  /** What `${service}` stands for when the manifest does not say. */
  readonly service: () => string;
}

/** The secrets of one environment. Throws one UserError with everything that is wrong, each complaint at its place. */
export function parseManifest(text: string, { file, environment, service }: Chosen): readonly SecretRequest[] {
  const source = manifestSource(text, file);
  refuse(source.findings);
  const { success, output, issues = [] } = safeParse(manifestSchema, source.value ?? {});
  const faults = issues.flatMap((issue) => explain(issue, source));
  // Of a file that is not as its schema has it, what can be read is read all the same: nobody wants the rest on the next run.
  const { environments, ...given } = (success ? output : (source.value ?? {})) as Given;
  const known = asObject(environments) ?? {};
  const names = {
    service: () => (typeof given.service === 'string' ? given.service : service()),
    environment: () => environment,
  };
  const ids = new Set<string>();

  function requestOf(entry: unknown, index: number): readonly SecretRequest[] {
    const mapping = asObject(entry);
    const { secret, policy } = mapping ?? { secret: entry };
    if (typeof secret !== 'string') return [];
    const path = ['environments', environment, index, ...(mapping === undefined ? [] : ['secret'])];
    const place = source.place(path);
    try {
      const request = parseRequest(filled(secret, names).trim());
      const own = asObject(policy) ?? {};
      const its = POLICIES[request.reference.store];
      const stranger = ALL_POLICIES.filter((name) => Object.hasOwn(own, name)).find((name) => !its.includes(name));
      if (stranger !== undefined)
        throw new UserError(`"${stranger}" is no policy for ${request.id}`, {
          hint: `for a secret of this store there ${its.length === 1 ? 'is' : 'are'} ${its.join(', ')}`,
        });
      if (ids.has(request.id))
        throw new UserError(`${request.id} is listed twice`, { hint: 'give it one entry, with all of its keys' });
      ids.add(request.id);
      return [{ ...request, policy: success ? policyOf(joined(output.policy, own)) : NO_POLICY, place }];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(...error.findings.map(({ message, hint }) => fault(place, message, hint)));
      return [];
    }
  }

  const list = Object.hasOwn(known, environment) ? known[environment] : undefined;
  if (list === undefined && Object.keys(known).length > 0)
    faults.push(noEnvironment(environment, Object.keys(known), source));
  const requests = Array.isArray(list) ? list.flatMap(requestOf) : [];
  refuse(faults);
  return requests;
}

/** A manifest of which nothing is known yet. */
interface Given {
  readonly service?: unknown;
  readonly environments?: unknown;
}

const ALL_POLICIES = [...new Set(Object.values(POLICIES).flat())];
const NO_POLICY = policyOf({});

function noEnvironment(environment: string, known: readonly string[], source: ManifestSource): Finding {
  const meant = didYouMean(environment, known);
  const hint = meant === undefined ? `the environments are: ${known.join(', ')}` : `did you mean "${meant}"?`;
  return fault(source.place(['environments'], 'key'), `there is no environment "${environment}"`, hint);
}

/** In the order of the file. */
function refuse(faults: readonly Finding[]): void {
  if (faults.length === 0) return;
  const at = ({ line = 0, column = 0 }: Finding) => line * 1_000_000 + column;
  throw UserError.all(faults.toSorted((a, b) => at(a) - at(b)));
}

/** Fills in `${service}` and `${environment}`. */
function filled(text: string, names: Readonly<Record<string, () => string>>): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(names, name) ? names[name] : undefined;
    if (value !== undefined) return value();
    throw new UserError(`"${whole}" stands for nothing`, { hint: 'there are ${service} and ${environment}' });
  });
}

const DAY = 86_400_000;

/** The policy of a secret adds to the one for all, and so do its tags. */
function joined(all: PolicyText = {}, own: PolicyText): PolicyText {
  const tags = { ...all.tags, ...own.tags };
  return { ...all, ...own, ...(Object.keys(tags).length === 0 ? {} : { tags }) };
}

function policyOf(text: PolicyText): Policy {
  const { 'max-age': age, rotation, replicas = [], tags, 'kms-key': kmsKey, ...others } = text;
  const { 'not-placeholder': notPlaceholder = false } = others;
  return {
    ...(age === undefined ? {} : { maxAge: Number(age.slice(0, -1)) * DAY }),
    rotation: rotation === 'required',
    replicas,
    ...(tags === undefined ? {} : { tags }),
    ...(kmsKey === undefined ? {} : { kmsKey }),
    notPlaceholder,
  };
}

/** A schema's complaint in our words. */
function explain(issue: BaseIssue<unknown>, source: ManifestSource, outer: Path = []): readonly Finding[] {
  const path = [...outer, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  const inner = (issue.issues ?? []).filter((each) => (each.path?.length ?? 0) > 0);
  if (inner.length > 0 && !Array.isArray(issue.input)) return inner.flatMap((each) => explain(each, source, path));
  const key = String(path.at(-1));
  if (issue.type === 'never') {
    const known = keysAt(path.slice(0, -1));
    const meant = didYouMean(key, known);
    const hint = meant === undefined ? `the keys are: ${known.join(', ')}` : `did you mean "${meant}"?`;
    return [fault(source.place(path, 'key'), `there is no key "${key}" here`, hint)];
  }
  if (issue.expected === `"${key}"`) return [fault(source.place(path.slice(0, -1)), `"${key}" is missing`)];
  // The number of an entry in a list is not in the file.
  const name = typeof path.at(-1) === 'string' ? `${key}: ` : '';
  return [fault(source.place(path), `${name}expected ${issue.message}`)];
}
