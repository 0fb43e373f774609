import type { Finding, RunContext } from '@delivery-actions/action-kit';
import { allProblems } from './attributes.ts';
import { unquotedLine } from './csv.ts';
import { checkTemplate } from './template.ts';

type Repository = Partial<Record<'name' | 'description' | 'html_url' | 'license', unknown>>;

/** One line of `labels` or `annotations`; both may have `{{expressions}}`. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

/**
 * `key=value`, or the same in quotes, as CSV has it; a line without a key is kept as it is, to be told of. Throws a
 * UserError for an unknown expression.
 */
export function parsePair(line: string): Pair | string {
  const text = unquotedLine(line);
  // An expression may have a = of its own: {{date 'YYYY' tz='UTC'}}
  const [, key, value = ''] = /^((?:\{\{.*?\}\}|[^=])+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined) return line;
  return allProblems((problem) => {
    checkTemplate(text, problem);
    return { key: key.trim(), value: value.trim() };
  });
}

/** The pairs, and a warning for each line that is none: docker/metadata-action drops them in silence. */
export function pairsOf(input: string, lines: readonly (Pair | string)[]): { pairs: Pair[]; findings: Finding[] } {
  return {
    pairs: lines.filter((line) => typeof line !== 'string'),
    findings: lines
      .filter((line) => typeof line === 'string')
      .map((line) => ({
        level: 'warning',
        title: `Input "${input}"`,
        message: `"${line}" has no key and is left out.`,
        hint: 'write key=value',
      })),
  };
}

/**
 * The labels of the OCI image specification ("Annotations", pre-defined keys), and those of the workflow, which win;
 * sorted. What the event does not know is left out: an empty label would take the place of one that the Dockerfile sets.
 */
export function imageLabels(
  context: Pick<RunContext, 'payload' | 'repository' | 'serverUrl' | 'commit'>,
  { version, created }: { version: string; created: Date },
  custom: readonly Pair[] = [],
): Readonly<Record<string, string>> {
  const repository = (context.payload.repository ?? {}) as Repository;
  const url = text(repository.html_url) ?? `${context.serverUrl}/${context.repository}`;
  const known = {
    created: created.toISOString(),
    description: text(repository.description),
    licenses: text((repository.license as { spdx_id?: unknown } | null | undefined)?.spdx_id),
    revision: context.commit,
    source: url,
    title: text(repository.name) ?? context.repository.split('/')[1],
    url,
    version,
  };
  const labels = new Map<string, string>();
  for (const [key, value] of Object.entries(known))
    if (value !== undefined) labels.set(`org.opencontainers.image.${key}`, value);
  for (const { key, value } of custom) labels.set(key, value);
  return Object.fromEntries([...labels].sort(([one], [other]) => inOrder(one, other)));
}

/** As a dictionary has them. Keys as they usually are have the same order by their codes, and to load the dictionary's takes 6 ms. */
function inOrder(one: string, other: string): number {
  if (!/^[a-z0-9.-]*$/.test(`${one}${other}`)) return one.localeCompare(other, 'en');
  return one < other ? -1 : Number(one > other);
}

/** `key=value` each, so a value is kept on one line. */
export function labelLines(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.replace(/\s+/g, ' ').trim() || undefined;
}
