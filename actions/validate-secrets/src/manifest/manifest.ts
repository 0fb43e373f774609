import { didYouMean, type Finding, UserError } from '@delivery-actions/action-kit';
import type { Path } from '@delivery-actions/located-yaml';
import { type BaseIssue, safeParse } from 'valibot';
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
  refuse(issues.flatMap((issue) => explain(issue, source)));
  if (!success) throw new Error('a schema that is not fulfilled has an issue');
  const list = Object.hasOwn(output.environments, environment) ? output.environments[environment] : undefined;
  if (list === undefined) {
    const known = Object.keys(output.environments);
    const meant = didYouMean(environment, known);
    const hint = meant === undefined ? `the environments are: ${known.join(', ')}` : `did you mean "${meant}"?`;
    throw UserError.all([
      fault(source.place(['environments'], 'key'), `there is no environment "${environment}"`, hint),
    ]);
  }

  const findings: Finding[] = [];
  const names = { service: () => output.service ?? service(), environment: () => environment };
  const ids = new Set<string>();
  const requests = list.flatMap((entry, index) => {
    const { secret, policy = {} } = typeof entry === 'string' ? { secret: entry } : entry;
    const path = ['environments', environment, index, ...(typeof entry === 'string' ? [] : ['secret'])];
    const place = source.place(path);
    try {
      const request = parseRequest(filled(secret, names).trim());
      const known = POLICIES[request.reference.store];
      const stranger = Object.keys(policy).find((name) => !known.includes(name));
      if (stranger !== undefined)
        throw new UserError(`"${stranger}" is no policy for ${request.id}`, {
          hint: `for a secret of this store there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`,
        });
      if (ids.has(request.id))
        throw new UserError(`${request.id} is listed twice`, { hint: 'give it one entry, with all of its keys' });
      ids.add(request.id);
      return { ...request, policy: policyOf(joined(output.policy, policy)), place };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      findings.push(...error.findings.map(({ message, hint }) => fault(place, message, hint)));
      return [];
    }
  });
  refuse(findings);
  return requests;
}

function refuse(findings: readonly Finding[]): void {
  if (findings.length > 0) throw UserError.all(findings);
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
  if (inner.length > 0) return inner.flatMap((each) => explain(each, source, path));
  const key = String(path.at(-1));
  if (issue.type === 'never') {
    const known = keysAt(path.slice(0, -1));
    const meant = didYouMean(key, known);
    const hint = meant === undefined ? `the keys are: ${known.join(', ')}` : `did you mean "${meant}"?`;
    return [fault(source.place(path, 'key'), `there is no key "${key}" here`, hint)];
  }
  if (issue.expected === `"${key}"`) return [fault(source.place(path.slice(0, -1)), `"${key}" is missing`)];
  return [fault(source.place(path), `${path.length === 0 ? '' : `${key}: `}expected ${issue.message}`)];
}
