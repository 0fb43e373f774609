import type { RunContext } from '@delivery-actions/action-kit';

type Repository = Partial<Record<'name' | 'description' | 'html_url' | 'license', unknown>>;

/**
 * The labels of the OCI image specification ("Annotations", pre-defined keys), sorted. What the event does not know is left
 * out: an empty label would take the place of one that the Dockerfile sets.
 */
export function imageLabels(
  context: Pick<RunContext, 'payload' | 'repository' | 'serverUrl' | 'commit'>,
  { version, created }: { version: string; created: Date },
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
  return Object.fromEntries(
    Object.entries(known).flatMap(([key, value]) =>
      value === undefined ? [] : [[`org.opencontainers.image.${key}`, value]],
    ),
  );
}

/** One `key=value` a line, so a value is kept on one line. */
export function labelLines(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}

function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.replace(/\s+/g, ' ').trim() || undefined;
}
